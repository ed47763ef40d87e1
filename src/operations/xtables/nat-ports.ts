import type { NatPorts } from "../../netfilter/nat/nat-targets.ts";
import { unsigned } from "../words.ts";
import type { GivenOptions, RuleContext } from "./extension.ts";
import { portOfService } from "./services.ts";
import { XtProblem } from "./xt-problem.ts";

/** Protocols whose ports NAT can change; an ICMP identifier counts as one. */
const WITH_PORTS = [1, 6, 17, 33, 132];

/** Ports of a translation as they are written: one, two, and for DNAT which port becomes the first. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
  readonly base?: number;
}

function service(text: string): number | null {
  return portOfService(text, "tcp") ?? portOfService(text, "udp");
}

function wrong(text: string): XtProblem {
  return new XtProblem(`Port \`${text}' not valid`);
}

/** The number at the beginning of a text and what follows it; null when there is none. */
function leadingPort(text: string): readonly [number, string] | null {
  const [, digits = "", rest = ""] = /^\s*\+?(0[xX][0-9a-fA-F]+|\d+)(.*)$/s.exec(text) ?? [];
  const port = unsigned(digits, 65535);
  return port === null ? null : [port, rest];
}

/** Reads `PORT`, `PORT-PORT` or, as DNAT has it, `PORT-PORT/PORT`; only a port alone may be a name. @throws {XtProblem} */
export function parsePortRange(text: string): PortRange {
  const first = leadingPort(text);
  if (first === null) {
    const port = service(text);
    if (port === null) throw wrong(text);
    return { min: port, max: port };
  }
  const [min, rest] = first;
  if (rest === "") return { min, max: min };
  if (rest.startsWith(":")) throw new XtProblem("Invalid port:port syntax - use dash");
  if (!rest.startsWith("-")) throw new XtProblem(`Garbage after port value: \`${rest}'`);
  const second = leadingPort(rest.slice(1));
  if (second === null) throw wrong(rest.slice(1));
  const [max, tail] = second;
  if (max < min) throw new XtProblem(`Port range \`${rest.slice(1)}' funky`);
  if (tail === "") return { min, max };
  if (!tail.startsWith("/")) throw new XtProblem(`Garbage after port range: \`${tail}'`);
  const base = leadingPort(tail.slice(1))?.[0] ?? service(tail.slice(1));
  if (base === null) throw wrong(tail.slice(1));
  return { min, max, base };
}

/** Ports may only be named where the rule's protocol has some. @throws {XtProblem} */
export function checkPorts({ protocol }: RuleContext): void {
  // The tool does not look whether the protocol is the one that the rule does not ask for.
  if (!WITH_PORTS.includes(protocol))
    throw new XtProblem("Need TCP, UDP, SCTP or DCCP with port specification");
}

/** `80`, `80-90` or `80-90/1000`. */
export function portsText({ minPort = 0, maxPort = minPort, basePort }: NatPorts): string {
  if (minPort === maxPort) return `${minPort}`;
  return `${minPort}-${maxPort}${basePort === undefined ? "" : `/${basePort}`}`;
}

/** The options `--random` and `--random-fully` as a value has them. */
export function randomFields(given: GivenOptions): NatPorts {
  return {
    ...(given.has("random") ? { random: true as const } : {}),
    ...(given.has("random-fully") ? { randomFully: true as const } : {}),
  };
}
