/**
 * Tools of the conformance fixture that need nothing from the client: content of each kind, logging,
 * progress, a failure, and schemas with keywords that must survive listing.
 *
 * @module
 */
import { fromJsonSchema, type McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

/** One red pixel, PNG (RFC 2083), written with zlib level 9. */
export const RED_PIXEL_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC";

/** RIFF/WAVE header and no samples: PCM, mono, 8,000 Hz, 8 bit. */
const SILENT_WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

const nothing = z.object({});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A schema whose every keyword says something that a lossy listing would drop. */
const contactSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object" as const,
  $defs: {
    address: {
      $anchor: "addressDef",
      type: "object",
      properties: { street: { type: "string" }, city: { type: "string" } },
    },
  },
  properties: {
    name: { type: "string" },
    address: { $ref: "#/$defs/address" },
    contactMethod: { type: "string", enum: ["phone", "email"] },
    phone: { type: "string" },
    email: { type: "string" },
  },
  allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
  if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
  then: { required: ["phone"] },
  else: { required: ["email"] },
  additionalProperties: false,
};

/** Registers them. */
export function addTools(server: McpServer): void {
  addContentTools(server);

  server.registerTool("test_tool_with_logging", {
    description: "Logs three times while it runs",
    inputSchema: nothing,
  }, async (_args, context) => {
    await context.mcpReq.log("info", "Tool execution started");
    await pause(50);
    await context.mcpReq.log("info", "Tool processing data");
    await pause(50);
    await context.mcpReq.log("info", "Tool execution completed");
    return { content: [{ type: "text", text: "Logged three times" }] };
  });

  server.registerTool("test_logging_tool", {
    description: "Logs once, if the client asked for logs",
    inputSchema: nothing,
  }, async (_args, context) => {
    await context.mcpReq.log("info", "One line");
    return { content: [{ type: "text", text: "Logged once" }] };
  });

  server.registerTool("test_tool_with_progress", {
    description: "Reports progress three times",
    inputSchema: nothing,
  }, async (_args, context) => {
    const progressToken = context.mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progress > 0) await pause(50);
      if (progressToken === undefined) continue;
      await context.mcpReq.notify({
        method: "notifications/progress",
        params: { progressToken, progress, total: 100 },
      });
    }
    return { content: [{ type: "text", text: "Went from 0 to 100" }] };
  });

  server.registerTool("test_error_handling", {
    description: "Fails, always",
    inputSchema: nothing,
  }, () => {
    throw new Error("This tool intentionally returns an error for testing");
  });

  server.registerTool("test_custom_headers", {
    description: "Has an argument that clients mirror into a header",
    inputSchema: z.object({
      region: z.string().meta({ "x-mcp-header": "Region" }).optional(),
      query: z.string().optional(),
    }),
  }, ({ region }) => ({ content: [{ type: "text", text: `Region: ${region ?? "none"}` }] }));

  server.registerTool("json_schema_2020_12_tool", {
    description: "Lists a schema with keywords of JSON Schema 2020-12",
    inputSchema: fromJsonSchema(contactSchema),
  }, () => ({ content: [{ type: "text", text: "The arguments fit the schema" }] }));
}

function addContentTools(server: McpServer): void {
  const image = { type: "image" as const, data: RED_PIXEL_PNG, mimeType: "image/png" };

  server.registerTool("test_simple_text", {
    description: "Answers with a text",
    inputSchema: nothing,
  }, () => ({
    content: [{ type: "text", text: "This is a simple text response for testing." }],
  }));

  server.registerTool("test_image_content", {
    description: "Answers with an image",
    inputSchema: nothing,
  }, () => ({ content: [image] }));

  server.registerTool("test_audio_content", {
    description: "Answers with a sound",
    inputSchema: nothing,
  }, () => ({ content: [{ type: "audio", data: SILENT_WAV, mimeType: "audio/wav" }] }));

  server.registerTool("test_embedded_resource", {
    description: "Answers with a resource inside",
    inputSchema: nothing,
  }, () => ({
    content: [{
      type: "resource",
      resource: {
        uri: "test://embedded-resource",
        mimeType: "text/plain",
        text: "This is an embedded resource content.",
      },
    }],
  }));

  server.registerTool("test_multiple_content_types", {
    description: "Answers with a text, an image and a resource",
    inputSchema: nothing,
  }, () => ({
    content: [{ type: "text", text: "Multiple content types test:" }, image, {
      type: "resource",
      resource: {
        uri: "test://mixed-content-resource",
        mimeType: "application/json",
        text: JSON.stringify({ test: "data", value: 123 }),
      },
    }],
  }));
}
