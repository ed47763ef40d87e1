import { BadValue, parseSize, parseUint } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";
import { canonicalAddress } from "./ip-address.ts";

/** What values of list options must be, by the names that the option tables use. */
export type ValueCheck =
  | "attach"
  | "device-cgroup-rule"
  | "dns-search"
  | "env"
  | "extra-host"
  | "ip-address"
  | "label"
  | "link"
  | "sysctl"
  | "throttle-bps"
  | "throttle-iops"
  | "weight-device";

const ALLOWED_SYSCTLS = new Set([
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
]);

const DOMAIN =
  /^((?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*)\.?\s*$/;

/** Gives the value as it is kept. @throws {BadValue} in the client's words. */
export function checkValue(check: ValueCheck, value: string, env: ReadonlyMap<string, string>): string {
  switch (check) {
    case "attach":
      return checkAttach(value);
    case "device-cgroup-rule":
      if (/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(value)) return value;
      throw new BadValue(`invalid device cgroup format '${value}'`);
    case "dns-search":
      return checkDomain(value);
    case "env":
      return checkVariable(value, env);
    case "extra-host":
      return checkExtraHost(value);
    case "ip-address": {
      const address = canonicalAddress(value.trim());
      if (address === null) throw new BadValue(`${value} is not an ip address`);
      return address;
    }
    case "label":
      return checkLabel(value);
    case "link":
      return checkLink(value);
    case "sysctl":
      return checkSysctl(value);
    case "throttle-bps":
    case "throttle-iops":
    case "weight-device":
      return checkDevice(check, value);
  }
}

function checkAttach(value: string): string {
  const stream = value.toLowerCase();
  if (stream === "stdin" || stream === "stdout" || stream === "stderr") return stream;
  throw new BadValue("valid streams are STDIN, STDOUT and STDERR");
}

function checkDomain(value: string): string {
  const domain = value.replace(/^ +| +$/g, "");
  if (domain === ".") return domain;
  const found = /[a-zA-Z]/.test(domain) ? DOMAIN.exec(domain) : null;
  if (found !== null && found[1]!.length < 255) return found[1]!;
  throw new BadValue(`${domain} is not a valid domain`);
}

/** `NAME` alone takes its value from the client's environment, where it has one. */
function checkVariable(value: string, env: ReadonlyMap<string, string>): string {
  const equals = value.indexOf("=");
  const name = equals < 0 ? value : value.slice(0, equals);
  if (name === "") throw new BadValue(`invalid environment variable: ${value}`);
  const inherited = env.get(name);
  return equals < 0 && inherited !== undefined ? `${name}=${inherited}` : value;
}

function checkExtraHost(value: string): string {
  const colon = value.indexOf(":");
  if (colon <= 0) throw new BadValue(`bad format for add-host: ${goQuote(value)}`);
  const address = value.slice(colon + 1);
  if (address !== "host-gateway" && canonicalAddress(address.trim()) === null) {
    throw new BadValue(`invalid IP address in add-host: ${goQuote(address)}`);
  }
  return value;
}

function checkLabel(value: string): string {
  const key = value.split("=", 1)[0]!.replace(/^[ \t]+/, "");
  if (key === "") throw new BadValue(`invalid label '${value}': empty name`);
  if (/[ \t]/.test(key)) throw new BadValue(`label '${key}' contains whitespaces`);
  return value;
}

function checkSysctl(value: string): string {
  const name = value.split("=", 1)[0]!;
  const allowed = ALLOWED_SYSCTLS.has(name) || name.startsWith("net.") || name.startsWith("fs.mqueue.");
  if (!value.includes("=") || !allowed) throw new BadValue(`sysctl '${value}' is not whitelisted`);
  return value;
}

/** `container:alias`, or a container alone. */
function checkLink(value: string): string {
  if (value === "") throw new BadValue("empty string specified for links");
  if (value.split(":").length > 2) throw new BadValue(`bad format for links: ${value}`);
  return value;
}

function checkDevice(check: "throttle-bps" | "throttle-iops" | "weight-device", value: string): string {
  const colon = value.indexOf(":");
  if (colon < 0) throw new BadValue(`bad format: ${value}`);
  if (!value.startsWith("/dev/")) throw new BadValue(`bad format for device path: ${value}`);
  const amount = value.slice(colon + 1);
  if (check === "weight-device") {
    const weight = numberOr(() => parseUint(amount, 16, 10));
    if (weight === null || (weight > 0 && (weight < 10 || weight > 1000))) {
      throw new BadValue(`invalid weight for device: ${value}`);
    }
    return value;
  }
  const rate = numberOr(() => (check === "throttle-bps" ? parseSize(amount) : parseUint(amount, 64, 10)));
  if (rate === null) {
    const [unit, units] =
      check === "throttle-bps" ? ["[<unit>]", " Unit is optional and can be kb, mb, or gb"] : ["", ""];
    const stop = units === "" ? "" : ".";
    throw new BadValue(
      `invalid rate for device: ${value}. The correct format is <device-path>:<number>${unit}. Number must be a positive integer${stop}${units}`,
    );
  }
  return value;
}

function numberOr(read: () => number): number | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadValue) return null;
    throw error;
  }
}
