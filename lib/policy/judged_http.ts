/**
 * HTTP as the rules allow it: the host of a service is judged, with every address that it has,
 * before it is asked. The door itself knows only the flags, which cannot deny a range of IPv6.
 *
 * @module
 */
import type { Io } from "../io/io.ts";
import type { Policy } from "./policy.ts";

/** The doors, `getHttp` rejecting also as {@link Policy.judgeService} does. */
export function judgeHttp(io: Io, policy: Pick<Policy, "judgeService">): Io {
  return {
    ...io,
    net: {
      ...io.net,
      getHttp: async (request) => {
        await policy.judgeService(new URL(request.url).hostname, request.signal);
        return await io.net.getHttp(request);
      },
    },
  };
}
