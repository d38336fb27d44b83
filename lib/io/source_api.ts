/**
 * The public services over HTTPS that `looking_glass.http_sources` can name, as JSON.
 *
 * @module
 */
import type { HttpSourceName } from "../config/config.ts";
import { httpSourceHosts } from "../config/http_sources.ts";
import type { Net } from "./io.ts";
import { JsonValue } from "./json_value.ts";

/** A prefix that every collector peer sees is below 1 MB at each of the services. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Other places of the services than their own: for tests. */
export type BaseUrls = Readonly<Partial<Record<HttpSourceName, string>>>;

/** One service. */
export class SourceApi {
  readonly #base: URL;

  /** Touches nothing until it is asked. */
  constructor(
    readonly name: HttpSourceName,
    readonly net: Pick<Net, "getHttp">,
    baseUrls: BaseUrls = {},
  ) {
    this.#base = new URL(baseUrls[name] ?? `https://${httpSourceHosts[name]}`);
  }

  /** Host of the service. */
  get host(): string {
    return this.#base.host;
  }

  /**
   * The document at `path` (parts encoded by the caller) with these query parameters.
   *
   * @throws {RemoteFailure} `remote.http`, `remote.answer`
   * @throws {PermissionMissing} `permission.net`
   */
  async get(
    path: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<JsonValue> {
    const url = new URL(path, this.#base);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const { body } = await this.net.getHttp({
      url: url.href,
      plain: this.#base.protocol === "http:",
      accept: ["application/json"],
      maxBytes: MAX_BYTES,
      signal,
      configLine: `looking_glass.http_sources: ["${this.name}"]`,
    });
    return JsonValue.parse(this.host, body);
  }
}
