import type { Wait } from "../../sim/process.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { resolveName } from "../resolve-name.ts";
import { Code, CurlFailure } from "./curl-errors.ts";
import type { CurlOptions } from "./curl-options.ts";
import type { CurlReport } from "./curl-report.ts";
import type { CurlUrl } from "./curl-url.ts";

/** What curl remembers of names: what `--resolve` told it, and what it has looked up in this run. */
export class CurlNames {
  readonly #context: ProgramContext;
  readonly #cache: Map<string, readonly number[]> = new Map();

  constructor(context: ProgramContext) {
    this.#context = context;
  }

  /** Reads `--resolve [+]HOST:PORT:ADDRESS[,ADDRESS...]` and `-HOST:PORT`. @throws {CurlFailure} */
  take(entries: readonly string[], report: CurlReport): void {
    for (const entry of entries) {
      const removed = /^-([^:]+):(\d+)$/.exec(entry);
      if (removed !== null) {
        this.#cache.delete(key(removed[1]!, Number(removed[2])));
        continue;
      }
      const found = /^\+?([^:]+):(\d+):(.+)$/.exec(entry);
      const texts = found?.[3]?.split(",") ?? [];
      const addresses = texts.map((text) => ip.parse(text.replace(/^\[|\]$/g, "")));
      const wrong = texts[addresses.indexOf(null)];
      if (wrong !== undefined) report.info(`Resolve address '${wrong}' found illegal`);
      if (found === null || wrong !== undefined) {
        report.info(`Couldn't parse CURLOPT_RESOLVE entry '${entry}'`);
        throw new CurlFailure(Code.SETOPT_OPTION_SYNTAX, `Couldn't parse CURLOPT_RESOLVE entry '${entry}'`);
      }
      this.#cache.set(key(found[1]!, Number(found[2])), addresses as number[]);
      report.info(`Added ${found[1]}:${found[2]}:${found[3]} to DNS cache`);
    }
  }

  /** Where the connection really goes: `--connect-to HOST1:PORT1:HOST2:PORT2`. */
  target(url: CurlUrl, o: CurlOptions, report: CurlReport): { readonly host: string; readonly port: number } {
    for (const entry of o.connectTo) {
      const [host, port, toHost, toPort] = entry.split(":") as [string, string?, string?, string?];
      if (host !== "" && host.toLowerCase() !== url.host.toLowerCase()) continue;
      if (port !== undefined && port !== "" && Number(port) !== url.port) continue;
      if (toHost) report.info(`Connecting to hostname: ${toHost}`);
      if (toPort) report.info(`Connecting to port: ${toPort}`);
      return { host: toHost || url.host, port: toPort ? Number(toPort) : url.port };
    }
    return url;
  }

  /** The addresses of a host that was asked for before; else null. */
  known(host: string, port: number, report: CurlReport): readonly number[] | null {
    const known = this.#cache.get(key(host, port)) ?? this.#cache.get(key("*", port)) ?? null;
    if (known !== null) report.info(`Hostname ${host} was found in DNS cache`);
    return known;
  }

  /** The addresses of a host. @throws {CurlFailure} COULDNT_RESOLVE_HOST */
  *lookUp(host: string, port: number, report: CurlReport): Generator<Wait, readonly number[], void> {
    const found = yield* resolveName(this.#context, host);
    if (found.address === null) {
      const words = `Could not resolve host: ${host}`;
      report.info(words);
      throw new CurlFailure(Code.COULDNT_RESOLVE_HOST, words);
    }
    this.#cache.set(key(host, port), found.addresses);
    return found.addresses;
  }
}

function key(host: string, port: number): string {
  return `${host.toLowerCase()}:${port}`;
}
