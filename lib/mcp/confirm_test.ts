/** A change confirmed through the official client, in both eras, over HTTP without a socket. */
import assert from "node:assert/strict";
import {
  Client,
  type ClientCapabilities,
  type ElicitResult,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { GuardedStage } from "../../tests/support/guarded_speaker.ts";
import { createHttpFace, type HttpFace } from "./http.ts";
import { createServerFactory } from "./server.ts";

const ARGS = { network: "192.168.99.0/24", reason: "drill" };
const CALL = { name: "bgp_inject_route", arguments: ARGS };
const ERAS = { legacy: "2025-11-25", auto: "2026-07-28" } as const;
type Era = keyof typeof ERAS;

function faceOf(stage: GuardedStage): HttpFace {
  return createHttpFace(
    createServerFactory({ version: "0", descriptions: [], pipeline: stage.pipeline }),
    {
      listen: null,
      tokens: [],
      allowed_hosts: [],
      allowed_origins: [],
      max_body_bytes: 100_000,
      max_sessions: 4,
      session_idle_sec: 60,
    },
    "127.0.0.1",
    { monotonicMs: () => 0 },
    { onError: () => {} },
  );
}

async function connected(
  face: HttpFace,
  era: Era,
  capabilities: ClientCapabilities,
  answer?: (message: string) => ElicitResult,
): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), {
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("host", "127.0.0.1");
      return face.handle(new Request(input, { ...init, headers }));
    },
  });
  const client = new Client({ name: "test", version: "1" }, {
    capabilities,
    versionNegotiation: { mode: era },
  });
  if (answer !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => answer(params.message));
  }
  await client.connect(transport);
  assert.equal(client.getNegotiatedProtocolVersion(), ERAS[era]);
  return client;
}

for (const era of ["legacy", "auto"] as const) {
  Deno.test(`protocol ${ERAS[era]}: who can be asked is asked, and yes applies in the same call`, async () => {
    const stage = new GuardedStage();
    const face = faceOf(stage);
    const asked: string[] = [];
    const client = await connected(face, era, { elicitation: {} }, (message) => {
      asked.push(message);
      return { action: "accept", content: { confirm: true } };
    });
    const result = await client.callTool(CALL);
    assert.equal((result.structuredContent as { state: string }).state, "announced");
    assert.match(
      asked[0] ?? "",
      /^Announce 192\.168\.99\.0\/24 to rr1, core for 900 seconds, because "drill"\.\nWarning: /,
    );
    assert.equal(stage.speaker.announced.length, 1);
    await client.close();
    await face.close();
  });

  const refusals: readonly ElicitResult[] = [
    { action: "decline" },
    { action: "cancel" },
    { action: "accept", content: { confirm: false } },
    { action: "accept", content: { confirm: "true" } },
  ];
  for (const refusal of refusals) {
    Deno.test(`protocol ${ERAS[era]}: ${JSON.stringify(refusal)} changes nothing`, async () => {
      const stage = new GuardedStage();
      const face = faceOf(stage);
      const client = await connected(face, era, { elicitation: { form: {} } }, () => refusal);
      const result = await client.callTool(CALL);
      assert.equal(result.isError, true);
      assert.match(JSON.stringify(result.content), /code: policy\.not_confirmed/);
      assert.equal(stage.speaker.announced.length, 0);
      assert.equal(stage.audited.at(-1)?.outcome, "policy.not_confirmed");
      await client.close();
      await face.close();
    });
  }

  for (const capabilities of [{}, { elicitation: { url: {} } }]) {
    Deno.test(`protocol ${ERAS[era]}: a client with ${JSON.stringify(capabilities)} gets a token`, async () => {
      const stage = new GuardedStage();
      const face = faceOf(stage);
      const client = await connected(face, era, capabilities);
      const { structuredContent } = await client.callTool(CALL);
      const plan = structuredContent as Record<string, string>;
      assert.equal(plan.state, "planned");
      const { plan_id, confirm_token } = plan;
      const applied = await client.callTool({ ...CALL, arguments: { plan_id, confirm_token } });
      assert.equal((applied.structuredContent as { state: string }).state, "announced");
      await client.close();
      await face.close();
    });
  }
}

Deno.test("an answer to a question that this server did not ask is refused", async () => {
  const stage = new GuardedStage();
  const face = faceOf(stage);
  const ask = async (params: Record<string, unknown>) => {
    const response = await face.handle(
      new Request("http://127.0.0.1/mcp", {
        method: "POST",
        headers: {
          host: "127.0.0.1",
          accept: "application/json, text/event-stream",
          "content-type": "application/json",
          "mcp-protocol-version": ERAS.auto,
          "mcp-method": "tools/call",
          "mcp-name": CALL.name,
        },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: {
            ...CALL,
            ...params,
            _meta: {
              "io.modelcontextprotocol/protocolVersion": ERAS.auto,
              "io.modelcontextprotocol/clientCapabilities": { elicitation: { form: {} } },
            },
          },
        }),
      }),
    );
    return await response.json();
  };
  const inputResponses = { confirm: { action: "accept", content: { confirm: true } } };
  const question = await ask({});
  const { requestState, inputRequests } = question.result;
  assert.equal(inputRequests.confirm.method, "elicitation/create");
  const forged = await ask({ inputResponses, requestState: `${requestState}A` });
  assert.equal(forged.error.code, -32602);
  // Without the state it is a new call, which asks anew.
  const stateless = await ask({ inputResponses });
  assert.equal(typeof stateless.result.requestState, "string");
  const swapped = await ask({
    inputResponses,
    requestState,
    arguments: { network: "10.20.0.0/16" },
  });
  assert.match(JSON.stringify(swapped.result.content), /input\.plan_arguments/);
  assert.equal(stage.speaker.announced.length, 0);
  const done = await ask({ inputResponses, requestState });
  assert.equal(done.result.structuredContent.state, "announced");
  const again = await ask({ inputResponses, requestState });
  assert.match(JSON.stringify(again.result.content), /input\.plan_applied/);
  assert.equal(stage.speaker.announced.length, 1);
  await face.close();
});
