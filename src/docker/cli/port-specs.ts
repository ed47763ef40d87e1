import type { PortBinding, PortMap } from "../api/network-types.ts";
import { BadValue } from "../go-parse.ts";
import { type PortRange, parsePortRange, splitProtocol } from "../port-range.ts";
import { canonicalAddress } from "./ip-address.ts";

/** What `-p` and `--expose` say. @throws {BadValue} in the words of go-connections */

interface PortSpecs {
  readonly exposed: Record<string, Record<string, never>>;
  readonly bindings: PortMap;
}

export function parsePortSpecs(specs: readonly string[]): PortSpecs {
  const exposed: Record<string, Record<string, never>> = {};
  const bindings: Record<string, PortBinding[]> = {};
  for (const spec of specs.map(standardForm)) {
    for (const { port, binding } of parsePortSpec(spec)) {
      exposed[port] = {};
      bindings[port] = [...(bindings[port] ?? []), binding];
    }
  }
  return { exposed, bindings };
}

/** `published=8080,target=80,protocol=udp` as `8080:80/udp`. */
function standardForm(spec: string): string {
  if (!spec.includes("=")) return spec;
  const params: Record<string, string> = { protocol: "tcp" };
  for (const param of spec.split(",")) {
    const [name, value] = param.split("=");
    if (value === undefined) {
      throw new BadValue(`invalid publish opts format (should be name=value but got '${param}')`);
    }
    params[name!] = value;
  }
  return `${params["published"] ?? ""}:${params["target"] ?? ""}/${params["protocol"]}`;
}

interface PortMapping {
  readonly port: string;
  readonly binding: PortBinding;
}

function parsePortSpec(spec: string): PortMapping[] {
  const parts = spec.split(":");
  const container = splitProtocol(parts.at(-1)!);
  const host = parts.length > 1 ? parts.at(-2)! : "";
  const ip = hostAddress(parts.slice(0, -2).join(":"));
  if (container.port === "") throw new BadValue(`No port specified: ${spec}<empty>`);
  const inside = rangeOr(container.port, `Invalid containerPort: ${container.port}`);
  const outside = host === "" ? null : rangeOr(host, `Invalid hostPort: ${host}`);
  const count = inside.last - inside.first;
  if (outside !== null && count !== outside.last - outside.first && count !== 0) {
    throw new BadValue(
      `Invalid ranges specified for container and host Ports: ${container.port} and ${host}`,
    );
  }
  const protocol = container.protocol.toLowerCase();
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw new BadValue(`Invalid proto: ${container.protocol}`);
  return Array.from({ length: count + 1 }, (_, at) => {
    let HostPort = outside === null ? "" : String(outside.first + at);
    // One port of the container and a range of the host: the engine takes a free one of it.
    if (outside !== null && count === 0 && outside.first !== outside.last) HostPort += `-${outside.last}`;
    return { port: `${inside.first + at}/${protocol}`, binding: { HostIp: ip, HostPort } };
  });
}

function hostAddress(text: string): string {
  if (text === "") return "";
  const bracketed = /^\[(.*)\]$/.exec(text);
  if (bracketed === null && text.includes(":")) {
    throw new BadValue(`Invalid ip address ${text}: address ${text}:: too many colons in address`);
  }
  const ip = bracketed?.[1] ?? text;
  if (canonicalAddress(ip) === null) throw new BadValue(`Invalid ip address: ${ip}`);
  return ip;
}

function rangeOr(text: string, refusal: string): PortRange {
  try {
    return parsePortRange(text);
  } catch (error) {
    if (error instanceof BadValue) throw new BadValue(refusal);
    throw error;
  }
}

/** The ports that `--expose` names: `80`, `53/udp`, `8000-8002`. */
export function exposedPorts(spec: string): string[] {
  if (spec.includes(":")) throw new BadValue(`invalid port format for --expose: ${spec}`);
  const { port, protocol } = splitProtocol(spec);
  let range: PortRange;
  try {
    range = parsePortRange(port);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new BadValue(`invalid range format for --expose: ${spec}, error: ${error.message}`);
  }
  return Array.from({ length: range.last - range.first + 1 }, (_, at) => `${range.first + at}/${protocol}`);
}
