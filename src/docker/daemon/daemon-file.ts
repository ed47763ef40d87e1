import { own } from "../../base/own.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { BadValue, parseSize } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";
import { firstJsonValue, JsonSyntax } from "./go-json-syntax.ts";

/** Where an engine looks for its options. */
export const DAEMON_FILE = "/etc/docker/daemon.json";

/** dockerd ends with these words, as it does when its options make no sense. */
export class StartRefusal extends Error {
  override readonly name = "StartRefusal";
}

/** The options of a file, by their names there. */
export type DaemonFile = Readonly<Record<string, unknown>>;

type Kind = "bool" | "int" | "string" | "[]string" | "net.IP" | "opts.MemBytes" | "map" | "pools" | "ulimits";

const words = (text: string): readonly string[] => text.split(" ");
/** The fields of dockerd's configuration (moby daemon/config, Config), by their kinds. */
const KINDS: ReadonlyMap<string, Kind> = new Map(
  (
    [
      [
        "string",
        "bip bridge fixed-cidr fixed-cidr-v6 data-root exec-root pidfile group log-level log-driver storage-driver cgroup-parent containerd containerd-namespace containerd-plugin-namespace cluster-advertise cluster-store default-cgroupns-mode default-ipc-mode default-runtime init-path metrics-addr seccomp-profile swarm-default-advertise-addr tlscacert tlscert tlskey userland-proxy-path userns-remap",
      ],
      [
        "bool",
        "debug experimental icc init ip-forward ip-masq iptables ip6tables ipv6 live-restore no-new-privileges raw-logs selinux-enabled tls tlsverify userland-proxy",
      ],
      [
        "int",
        "mtu shutdown-timeout max-concurrent-downloads max-concurrent-uploads max-download-attempts network-control-plane-mtu network-diagnostic-port oom-score-adjust cpu-rt-period cpu-rt-runtime",
      ],
      [
        "[]string",
        "dns dns-opts dns-search labels hosts insecure-registries registry-mirrors allow-nondistributable-artifacts exec-opts storage-opts authorization-plugins node-generic-resources",
      ],
      ["net.IP", "ip default-gateway default-gateway-v6"],
      ["opts.MemBytes", "default-shm-size"],
      ["map", "log-opts cluster-store-opts runtimes features builder"],
      ["ulimits", "default-ulimits"],
      ["pools", "default-address-pools"],
    ] as const
  ).flatMap(([kind, names]) => words(names).map((name) => [name, kind] as const)),
);
/** A map under another name is looked into, as if its keys stood outside. */
const KEPT_MAPS = new Set(words("cluster-store-opts log-opts runtimes default-ulimits features builder"));
const LEVELS = new Set(words("panic fatal error warn warning info debug trace"));

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
    if (!(error instanceof JsonSyntax) && !(error instanceof Mistake)) throw error;
    throw new StartRefusal(`unable to configure the Docker daemon with file ${path}: ${error.message}`);
  }
  refuseLabels(textsOf(file, "labels"));
  const level = own(file, "log-level");
  if (typeof level === "string" && level !== "" && !LEVELS.has(level.toLowerCase()))
    throw new StartRefusal(`unable to parse logging level: ${level}`);
  return file;
}

class Mistake extends Error {}

function decoded(text: string): DaemonFile {
  const value = firstJsonValue(text);
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw new Mistake(
      `json: cannot unmarshal ${kindOf(value)} into Go value of type map[string]interface {}`,
    );
  const file = value as DaemonFile;
  const names = Object.entries(file).flatMap(([key, inner]) =>
    isMap(inner) && !KEPT_MAPS.has(key) ? Object.keys(inner) : [key],
  );
  const unknown = names.filter((name) => !KINDS.has(name));
  if (unknown.length > 0)
    throw new Mistake(`the following directives don't match any configuration option: ${unknown.join(", ")}`);
  for (const [key, inner] of Object.entries(file)) if (inner !== null) check(key, inner, KINDS.get(key));
  return file;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What JSON calls a value in Go's mistakes. */
function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function check(key: string, value: unknown, kind: Kind | undefined): void {
  const refuse: (type: string, what?: string) => never = (type, what = kindOf(value)) => {
    throw new Mistake(`json: cannot unmarshal ${what} into Go struct field Config.${key} of type ${type}`);
  };
  switch (kind) {
    case "string":
      if (typeof value !== "string") refuse("string");
      return;
    case "bool":
      if (typeof value !== "boolean") refuse("bool");
      return;
    case "int":
      if (typeof value !== "number") refuse("int");
      else if (!Number.isInteger(value)) refuse("int", `number ${value}`);
      return;
    case "[]string": {
      if (!Array.isArray(value)) refuse("[]string");
      const wrong = value.find((one) => typeof one !== "string");
      if (wrong !== undefined) refuse("string", kindOf(wrong));
      return;
    }
    case "net.IP":
      if (typeof value !== "string") refuse("net.IP");
      if (value !== "" && !isAddress(value)) throw new Mistake(`invalid IP address: ${value}`);
      return;
    case "opts.MemBytes":
      checkSize(value);
      return;
    case "map":
      if (!isMap(value)) refuse("map[string]string");
      if (key !== "log-opts") return;
      for (const one of Object.values(value)) if (typeof one !== "string") refuse("string", kindOf(one));
      return;
    case "ulimits":
      if (!isMap(value)) refuse("map[string]*units.Ulimit");
      for (const one of Object.values(value)) if (!isMap(one)) refuse("units.Ulimit", kindOf(one));
      return;
    case "pools":
      if (!Array.isArray(value)) refuse("[]*ipamutils.NetworkToSplit");
  }
}

function checkSize(value: unknown): void {
  if (typeof value !== "string") throw new Mistake(`invalid size: ${goQuote(JSON.stringify(value))}`);
  try {
    parseSize(value);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new Mistake(error.message);
  }
}

function isAddress(text: string): boolean {
  return ip.parse(text) !== null || (text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text));
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
  if (runtime !== "" && runtime !== "runc" && !(isMap(runtimes) && Object.hasOwn(runtimes, runtime)))
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
