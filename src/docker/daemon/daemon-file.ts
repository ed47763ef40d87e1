import { own } from "../../base/own.ts";
import { CONFIG_FIELDS, isAddress } from "./config-fields.ts";
import { firstJsonValue, JsonSyntax } from "./go-json-syntax.ts";
import { goValue, isObject, kindOf, WrongType } from "./go-json-types.ts";

/** Where an engine looks for its options. */
export const DAEMON_FILE = "/etc/docker/daemon.json";

/** dockerd ends with these words, as it does when its options make no sense. */
export class StartRefusal extends Error {
  override readonly name = "StartRefusal";
}

/** The options of a file, by their names there. */
export type DaemonFile = Readonly<Record<string, unknown>>;

/** A map under another name is looked into, as if its keys stood outside. */
const KEPT_MAPS = new Set("cluster-store-opts log-opts runtimes default-ulimits features builder".split(" "));
const LEVELS = new Set("panic fatal error warn warning info debug trace".split(" "));

/**
 * Reads the text of a daemon.json, as dockerd 20.10 does.
 * @param path as the mistakes name it. @throws {StartRefusal} in dockerd's words
 */
export function readDaemonFile(text: string, path: string = DAEMON_FILE): DaemonFile {
  let file: DaemonFile;
  try {
    file = decoded(text);
    validate(file);
  } catch (error) {
    if (!(error instanceof JsonSyntax || error instanceof WrongType || error instanceof Mistake)) throw error;
    throw unreadable(path, error.message);
  }
  refuseLabels(textsOf(file, "labels"));
  const level = own(file, "log-level");
  if (typeof level === "string" && level !== "" && !LEVELS.has(level.toLowerCase()))
    throw new StartRefusal(`unable to parse logging level: ${level}`);
  return file;
}

/** What dockerd says of a file that it makes nothing of. */
export function unreadable(path: string, why: string): StartRefusal {
  return new StartRefusal(`unable to configure the Docker daemon with file ${path}: ${why}`);
}

class Mistake extends Error {}

function decoded(text: string): DaemonFile {
  const file = firstJsonValue(text);
  if (file === null) return {};
  if (!isObject(file))
    throw new Mistake(`json: cannot unmarshal ${kindOf(file)} into Go value of type map[string]interface {}`);
  const names = Object.entries(file).flatMap(([key, inner]) =>
    isObject(inner) && !KEPT_MAPS.has(key) ? Object.keys(inner) : [key],
  );
  const unknown = names.filter((name) => !CONFIG_FIELDS.has(name));
  if (unknown.length > 0)
    throw new Mistake(`the following directives don't match any configuration option: ${unknown.join(", ")}`);
  return Object.fromEntries(
    Object.entries(file).flatMap(([key, inner]) => {
      const type = CONFIG_FIELDS.get(key);
      if (type === undefined) return [];
      // What says null is as if it were not said.
      return [[key, inner === null ? null : goValue(type, inner, { struct: "Config", fields: [key] })]];
    }),
  );
}

/** The texts of a list. */
export function textsOf(file: DaemonFile, key: string): readonly string[] {
  return (own(file, key) as readonly string[] | null | undefined) ?? [];
}

/** What makes no sense though it is of the right kind (moby daemon/config, Validate). */
function validate(file: DaemonFile): void {
  const refuse = (mistake: string): never => {
    throw new Mistake(`configuration validation from file failed: ${mistake}`);
  };
  for (const server of textsOf(file, "dns"))
    if (!isAddress(server.trim())) refuse(`${server} is not an ip address`);
  for (const domain of textsOf(file, "dns-search"))
    if (!isDomain(domain.trim())) refuse(`${domain} is not a valid domain`);
  for (const label of textsOf(file, "labels"))
    if (!label.includes("=")) refuse(`bad attribute format: ${label}`);
  for (const key of ["max-concurrent-downloads", "max-concurrent-uploads", "max-download-attempts"]) {
    const count = Number(own(file, key) ?? 0);
    if (count < 0) refuse(`invalid ${key.replaceAll("-", " ")}: ${count}`);
  }
  for (const resource of textsOf(file, "node-generic-resources"))
    if (!/^[^=]+=[^=]+$/.test(resource))
      refuse(
        `could not parse GenericResource: incorrect term ${resource}, missing '=' or malformed expression`,
      );
  const runtime = String(own(file, "default-runtime") ?? "");
  const runtimes = own(file, "runtimes");
  if (runtime !== "" && runtime !== "runc" && !(isObject(runtimes) && Object.hasOwn(runtimes, runtime)))
    refuse(`specified default runtime '${runtime}' does not exist`);
}

function isDomain(text: string): boolean {
  return (
    text === "." ||
    (/[a-zA-Z]/.test(text) &&
      /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*\.?$/.test(
        text,
      ))
  );
}

/** One name, one value. */
function refuseLabels(labels: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const label of labels) {
    const [name = "", value = ""] = label.split(/=(.*)/s);
    const before = seen.get(name);
    if (before !== undefined && before !== value)
      throw new StartRefusal(`conflict labels for ${name}=${value} and ${name}=${before}`);
    seen.set(name, value);
  }
}
