import { KernelError } from "../../net/kernel-error.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import { UdpSocket } from "../../net/udp-socket.ts";
import type { Wait } from "../../sim/process.ts";
import type { Nanos } from "../../sim/time.ts";
import * as dns from "../../wire/dns.ts";
import { build } from "../../wire/dns-build.ts";
import { parseOctets } from "../../wire/dns-parse.ts";
import { askOverTcp } from "./dns-over-tcp.ts";
import { answers } from "./stub-resolver.ts";

/** A name server, and where questions to it leave from. */
export interface Upstream {
  /** Int32. */
  readonly address: number;
  readonly from: NetworkNamespace;
  /** Default: 53. */
  readonly port?: number;
}

/** Asks one server once, from a socket of its own; null when it was silent until `until`, or cannot be reached. */
export function* askServer(
  upstream: Upstream,
  query: dns.DnsMessage,
  transport: "udp" | "tcp",
  until: Nanos,
): Generator<Wait, dns.DnsMessage | null, void> {
  const { from: ns, address, port = dns.PORT } = upstream;
  if (transport === "tcp") return (yield* askOverTcp(ns, address, port, [query], until))[0]!;
  const socket = new UdpSocket(ns);
  try {
    socket.connect(address, port);
    socket.send(build(query, { compress: false }));
    while (ns.world.now < until) {
      const datagram = socket.receive();
      if (datagram === null) {
        if (socket.takeError() !== null) return null;
        yield { on: [socket.readable], until };
        continue;
      }
      const answer = parseOctets(datagram.payload);
      if (answer !== null && answers(query, answer)) return answer;
    }
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
  } finally {
    socket.close();
  }
  return null;
}
