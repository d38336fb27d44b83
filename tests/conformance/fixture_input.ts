/**
 * Tools of the conformance fixture that ask the client for something. All of them return
 * `inputRequired(...)` and are called again with the answers; for clients of the 2025 revisions the
 * SDK turns that into requests of its own.
 *
 * @module
 */
import {
  acceptedContent,
  type CallToolResult,
  type ElicitInputParams,
  inputRequired,
  inputResponse,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { z } from "zod";

/** What a tool remembers between two rounds, sealed by the codec. */
export interface RoundState {
  readonly tool: string;
  /** The round that has been asked for, from 1. */
  readonly round: number;
}

const nothing = z.object({});
const nameSchema = z.object({ name: z.string() });
const confirmSchema = z.object({ ok: z.boolean() });

function say(text: string): CallToolResult {
  return { content: [{ type: "text", text }] };
}

function ask(prompt: string, maxTokens: number): ReturnType<typeof inputRequired.createMessage> {
  return inputRequired.createMessage({
    messages: [{ role: "user", content: { type: "text", text: prompt } }],
    maxTokens,
  });
}

/** The text that the client's model wrote, or undefined if no answer came. */
function sampled(context: ServerContext, key: string): string | undefined {
  const answer = inputResponse(context.mcpReq.inputResponses, key);
  return answer.kind === "sampling" ? JSON.stringify(answer.result.content) : undefined;
}

/** Registers them. */
export function addInputTools(server: McpServer, states: RequestStateCodec<RoundState>): void {
  addElicitationTools(server);
  addSamplingTools(server);
  addStateTools(server, states);

  server.registerTool("test_input_required_result_elicitation", {
    description: "Asks for a name and greets it",
    inputSchema: nothing,
  }, (_args, context) => {
    const answer = acceptedContent(context.mcpReq.inputResponses, "user_name", nameSchema);
    return answer === undefined
      ? inputRequired({ inputRequests: { user_name: askName() } })
      : say(`Hello, ${answer.name}!`);
  });

  server.registerTool("test_input_required_result_list_roots", {
    description: "Asks for the roots of the client",
    inputSchema: nothing,
  }, (_args, context) => {
    const answer = inputResponse(context.mcpReq.inputResponses, "client_roots");
    return answer.kind === "roots"
      ? say(`Roots: ${answer.roots.map((root) => root.uri).join(", ")}`)
      : inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  });

  server.registerTool("test_input_required_result_capabilities", {
    description: "Asks for no more than the client says it can give",
    inputSchema: nothing,
  }, () => {
    const can = server.server.getClientCapabilities() ?? {};
    const inputRequests = {
      ...(can.sampling === undefined ? {} : { summary: ask("Say one word.", 10) }),
      ...(can.elicitation === undefined ? {} : { user_name: askName() }),
    };
    return Object.keys(inputRequests).length === 0
      ? say("Nothing to ask for")
      : inputRequired({ inputRequests });
  });
}

function askName(): ReturnType<typeof inputRequired.elicit> {
  return inputRequired.elicit({ message: "What is your name?", requestedSchema: nameSchema });
}

function addElicitationTools(server: McpServer): void {
  const elicit = (
    name: string,
    description: string,
    inputSchema: z.ZodObject,
    form: (args: Record<string, unknown>) => ElicitInputParams,
    prefix: string,
  ): void => {
    server.registerTool(name, { description, inputSchema }, (args, context) => {
      const answer = inputResponse(context.mcpReq.inputResponses, "form");
      return answer.kind === "elicit"
        ? say(`${prefix}action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`)
        : inputRequired({ inputRequests: { form: inputRequired.elicit(form(args)) } });
    });
  };

  elicit(
    "test_elicitation",
    "Asks for a user name and a mail address",
    z.object({ message: z.string() }),
    ({ message }) => ({
      message: String(message),
      requestedSchema: {
        type: "object",
        properties: {
          username: { type: "string", description: "User's response" },
          email: { type: "string", description: "User's email address" },
        },
        required: ["username", "email"],
      },
    }),
    "User response: ",
  );
  elicit(
    "test_streaming_elicitation",
    "Asks while its answer is a stream",
    nothing,
    () => ({ message: "What is your name?", requestedSchema: nameSchema }),
    "User response: ",
  );
  elicit(
    "test_elicitation_sep1034_defaults",
    "Asks with a default for every primitive type",
    nothing,
    () => ({
      message: "Check these values",
      requestedSchema: {
        type: "object",
        properties: {
          name: { type: "string", default: "John Doe" },
          age: { type: "integer", default: 30 },
          score: { type: "number", default: 95.5 },
          status: { type: "string", enum: ["active", "inactive", "pending"], default: "active" },
          verified: { type: "boolean", default: true },
        },
      },
    }),
    "Elicitation completed: ",
  );
  elicit(
    "test_elicitation_sep1330_enums",
    "Asks with each of the five ways to offer a choice",
    nothing,
    () => ({
      message: "Choose",
      requestedSchema: {
        type: "object",
        properties: {
          untitledSingle: { type: "string", enum: ["option1", "option2", "option3"] },
          titledSingle: {
            type: "string",
            oneOf: [
              { const: "value1", title: "First Option" },
              { const: "value2", title: "Second Option" },
              { const: "value3", title: "Third Option" },
            ],
          },
          legacyEnum: {
            type: "string",
            enum: ["opt1", "opt2", "opt3"],
            enumNames: ["Option One", "Option Two", "Option Three"],
          },
          untitledMulti: {
            type: "array",
            items: { type: "string", enum: ["option1", "option2", "option3"] },
          },
          titledMulti: {
            type: "array",
            items: {
              anyOf: [
                { const: "value1", title: "First Choice" },
                { const: "value2", title: "Second Choice" },
                { const: "value3", title: "Third Choice" },
              ],
            },
          },
        },
      },
    }),
    "Elicitation completed: ",
  );
}

function addSamplingTools(server: McpServer): void {
  const sample = (
    name: string,
    description: string,
    inputSchema: z.ZodObject,
    key: string,
    prompt: (args: Record<string, unknown>) => string,
  ): void => {
    server.registerTool(name, { description, inputSchema }, (args, context) => {
      const text = sampled(context, key);
      return text === undefined
        ? inputRequired({ inputRequests: { [key]: ask(prompt(args), 100) } })
        : say(`LLM response: ${text}`);
    });
  };

  sample(
    "test_sampling",
    "Asks the client's model",
    z.object({ prompt: z.string() }),
    "answer",
    ({ prompt }) => String(prompt),
  );
  sample(
    "test_input_required_result_sampling",
    "Asks the client's model for a capital",
    nothing,
    "capital_question",
    () => "What is the capital of France?",
  );
  sample(
    "test_missing_capability",
    "Needs a client that can sample",
    nothing,
    "answer",
    () => "Say one word.",
  );
}

function addStateTools(server: McpServer, states: RequestStateCodec<RoundState>): void {
  const confirm = inputRequired.elicit({
    message: "Please confirm",
    requestedSchema: confirmSchema,
  });
  for (
    const tool of [
      "test_input_required_result_request_state",
      "test_input_required_result_tampered_state",
    ]
  ) {
    server.registerTool(tool, {
      description: "Asks for confirmation and knows its own state again",
      inputSchema: nothing,
    }, async (_args, context) => {
      const state = context.mcpReq.requestState<RoundState>();
      const answer = acceptedContent(context.mcpReq.inputResponses, "confirm", confirmSchema);
      return answer !== undefined && state?.tool === tool
        ? say(`state-ok, confirmed: ${answer.ok}`)
        : inputRequired({
          inputRequests: { confirm },
          requestState: await states.mint({ tool, round: 1 }),
        });
    });
  }

  const several = "test_input_required_result_multiple_inputs";
  server.registerTool(several, {
    description: "Asks for a name, a greeting and the roots at once",
    inputSchema: nothing,
  }, async (_args, context) => {
    const responses = context.mcpReq.inputResponses;
    const name = acceptedContent(responses, "user_name", nameSchema)?.name;
    const greeting = sampled(context, "greeting");
    const roots = inputResponse(responses, "client_roots");
    const state = context.mcpReq.requestState<RoundState>();
    return name !== undefined && greeting !== undefined && roots.kind === "roots" &&
        state?.tool === several
      ? say(`${greeting} ${name}, ${roots.roots.length} roots`)
      : inputRequired({
        inputRequests: {
          user_name: askName(),
          greeting: ask("Generate a greeting", 50),
          client_roots: inputRequired.listRoots(),
        },
        requestState: await states.mint({ tool: several, round: 1 }),
      });
  });

  const rounds = "test_input_required_result_multi_round";
  const colorSchema = z.object({ color: z.string() });
  server.registerTool(rounds, {
    description: "Asks twice, one thing after the other",
    inputSchema: nothing,
  }, async (_args, context) => {
    const responses = context.mcpReq.inputResponses;
    const state = context.mcpReq.requestState<RoundState>();
    const done = state?.tool === rounds ? state.round : 0;
    if (done === 2 && acceptedContent(responses, "step2", colorSchema) !== undefined) {
      return say("Both steps are done");
    }
    const first = done === 0 ||
      (done === 1 && acceptedContent(responses, "step1", nameSchema) === undefined);
    return inputRequired({
      inputRequests: first
        ? {
          step1: inputRequired.elicit({
            message: "Step 1: What is your name?",
            requestedSchema: nameSchema,
          }),
        }
        : {
          step2: inputRequired.elicit({
            message: "Step 2: What is your favorite color?",
            requestedSchema: colorSchema,
          }),
        },
      requestState: await states.mint({ tool: rounds, round: first ? 1 : 2 }),
    });
  });
}
