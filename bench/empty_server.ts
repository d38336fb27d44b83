/** The yardstick: the same SDK serving one empty tool, nothing else. */
import { McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

serveStdio(() => {
  const server = new McpServer({ name: "empty", version: "0.0.0" });
  server.registerTool(
    "nothing",
    { description: "Does nothing.", inputSchema: z.object({}) },
    () => ({ content: [{ type: "text", text: "{}" }] }),
  );
  return server;
});
