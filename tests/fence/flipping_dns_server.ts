/**
 * Runs inside the namespace of a rebinding test: a DNS server on 127.0.0.1:53 whose first A answer
 * is one address and every later one another, and a listener on port 5300 of both.
 */
import { createSocket } from "node:dgram";
import { decode, encode } from "dns-packet";

const [first = "", later = ""] = Deno.args;
let asked = 0;
const socket = createSocket("udp4");
socket.on("message", (message, peer) => {
  const query = decode(message);
  const question = query.questions?.[0];
  const isA = question?.type === "A";
  if (isA) asked++;
  socket.send(
    encode({
      type: "response",
      id: query.id ?? 0,
      flags: 0x0400,
      questions: query.questions ?? [],
      answers: isA
        ? [{ type: "A", name: question.name, ttl: 0, data: asked === 1 ? first : later }]
        : [],
    }),
    peer.port,
    peer.address,
  );
});
const listener = Deno.listen({ hostname: "0.0.0.0", port: 5300 });
socket.bind(53, "127.0.0.1", () => console.log("ready"));
for await (const connection of listener) connection.close();
