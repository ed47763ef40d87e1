import { mix } from "../../base/mix.ts";
import type { Prng } from "../../base/prng.ts";
import { MILLISECOND } from "../../sim/time.ts";
import type { NetworkNamespace } from "../network-namespace.ts";
import { AckNews } from "./ack.ts";
import { ConnectionTable } from "./connection-table.ts";
import { TcpCounters } from "./counters.ts";
import * as lifecycle from "./lifecycle.ts";
import { PortTable } from "./port-table.ts";
import { Segment } from "./segment.ts";
import { TcpSettings } from "./settings.ts";
import { TcpState } from "./state.ts";

/** TCP in one namespace: its settings, counters, ports and connections (struct netns_ipv4, tcp_hashinfo). */
export class Tcp {
  readonly settings: TcpSettings = new TcpSettings();
  readonly counters: TcpCounters = new TcpCounters();
  readonly connections: ConnectionTable = new ConnectionTable();
  readonly ports: PortTable;
  readonly segment: Segment = new Segment();
  readonly ackNews: AckNews = new AckNews();
  readonly prng: Prng;
  readonly #ns: NetworkNamespace;
  readonly #secret: number;
  /** TIME-WAIT entries, of which there is a greatest number. */
  timeWaits = 0;
  /** The second of the last challenge, and how many more it may see. */
  challengeSecond = -1;
  challengesLeft = 0;

  constructor(ns: NetworkNamespace) {
    this.#ns = ns;
    this.prng = ns.world.prng.fork(`${ns.path}/tcp`);
    this.#secret = this.prng.next() | 0;
    this.ports = new PortTable(ns, this.prng);
  }

  /** How many connections are established (CurrEstab of RFC 4022). */
  get established(): number {
    return this.connections
      .list()
      .filter((e) => e.state === TcpState.ESTABLISHED || e.state === TcpState.CLOSE_WAIT).length;
  }

  /** The clock of the timestamp option: milliseconds, and an offset for each pair of hosts (RFC 7323, secure_tcp_ts_off). */
  timestamp(offset: number): number {
    return (Math.floor(this.#ns.world.now / MILLISECOND) + offset) | 0;
  }

  timestampOffset(local: number, remote: number): number {
    return mix(mix(this.#secret ^ 0x7073, local), remote) | 0;
  }

  /** A first sequence number: from the four numbers by a secret, and one more every 64 ns (RFC 6528, secure_tcp_seq). */
  initialSequence(local: number, localPort: number, remote: number, remotePort: number): number {
    const hash = mix(mix(mix(this.#secret, local), remote), (localPort << 16) | remotePort);
    return (hash + Math.floor(this.#ns.world.now / 64)) | 0;
  }

  /** Where the search for a port towards a destination begins (secure_ipv4_port_ephemeral). */
  portHash(local: number, remote: number, remotePort: number): number {
    return mix(mix(this.#secret ^ 0x706f7274, local), mix(remote, remotePort)) >>> 0;
  }

  /** The namespace goes away, and with it all that would still send; nobody is told. */
  destroy(): void {
    for (const listener of this.ports.listeners) listener.forget();
    for (const endpoint of this.connections.list()) {
      if (endpoint.kind === "connection") lifecycle.fail(endpoint, "ENETDOWN");
      else endpoint.remove();
    }
  }
}
