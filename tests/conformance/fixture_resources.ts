/**
 * Resources, subscriptions and prompts of the conformance fixture.
 *
 * @module
 */
import {
  acceptedContent,
  completable,
  inputRequired,
  type McpServer,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { z } from "zod";
import { RED_PIXEL_PNG } from "./fixture_tools.ts";

/** Registers the resources, and keeps book of subscriptions as the 2025 revisions want it. */
export function addResources(server: McpServer): void {
  const subscribed = new Set<string>();

  server.registerResource("static-text", "test://static-text", {
    description: "A text that never changes",
    mimeType: "text/plain",
  }, (uri) => ({
    contents: [{
      uri: uri.href,
      mimeType: "text/plain",
      text: "This is the content of the static text resource.",
    }],
  }));

  server.registerResource("static-binary", "test://static-binary", {
    description: "An image that never changes",
    mimeType: "image/png",
  }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: "image/png", blob: RED_PIXEL_PNG }],
  }));

  server.registerResource("watched-resource", "test://watched-resource", {
    description: "A text that can be subscribed to",
    mimeType: "text/plain",
  }, (uri) => ({
    contents: [{
      uri: uri.href,
      mimeType: "text/plain",
      text: `Subscribed: ${subscribed.has(uri.href)}`,
    }],
  }));

  server.registerResource(
    "template",
    new ResourceTemplate("test://template/{id}/data", {
      list: undefined,
      complete: { id: (value) => ["123", "124"].filter((id) => id.startsWith(value)) },
    }),
    { description: "Data by id", mimeType: "application/json" },
    (uri, { id }) => ({
      contents: [{
        uri: uri.href,
        mimeType: "application/json",
        text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
      }],
    }),
  );

  server.server.setRequestHandler("resources/subscribe", (request) => {
    subscribed.add(request.params.uri);
    return {};
  });
  server.server.setRequestHandler("resources/unsubscribe", (request) => {
    subscribed.delete(request.params.uri);
    return {};
  });
}

/** Registers the prompts. */
export function addPrompts(server: McpServer): void {
  server.registerPrompt(
    "test_simple_prompt",
    { description: "A prompt without arguments" },
    () => ({
      messages: [{
        role: "user",
        content: { type: "text", text: "This is a simple prompt for testing." },
      }],
    }),
  );

  server.registerPrompt("test_prompt_with_arguments", {
    description: "A prompt with two arguments",
    argsSchema: z.object({
      arg1: completable(
        z.string(),
        (value) => ["paris", "park", "party"].filter((word) => word.startsWith(value)),
      ),
      arg2: z.string(),
    }),
  }, ({ arg1, arg2 }) => ({
    messages: [{
      role: "user",
      content: { type: "text", text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` },
    }],
  }));

  server.registerPrompt("test_prompt_with_embedded_resource", {
    description: "A prompt with a resource inside",
    argsSchema: z.object({ resourceUri: z.string() }),
  }, ({ resourceUri }) => ({
    messages: [{
      role: "user",
      content: {
        type: "resource",
        resource: {
          uri: resourceUri,
          mimeType: "text/plain",
          text: "Embedded resource content for testing.",
        },
      },
    }, {
      role: "user",
      content: { type: "text", text: "Please process the embedded resource above." },
    }],
  }));

  server.registerPrompt(
    "test_prompt_with_image",
    { description: "A prompt with an image" },
    () => ({
      messages: [
        { role: "user", content: { type: "image", data: RED_PIXEL_PNG, mimeType: "image/png" } },
        { role: "user", content: { type: "text", text: "Please analyze the image above." } },
      ],
    }),
  );

  const contextSchema = z.object({ context: z.string() });
  server.registerPrompt("test_input_required_result_prompt", {
    description: "A prompt that asks for its context first",
  }, (context) => {
    const answer = acceptedContent(context.mcpReq.inputResponses, "user_context", contextSchema);
    if (answer === undefined) {
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: "What context should the prompt use?",
            requestedSchema: contextSchema,
          }),
        },
      });
    }
    return {
      messages: [{ role: "user", content: { type: "text", text: `Context: ${answer.context}` } }],
    };
  });
}
