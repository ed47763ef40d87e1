/**
 * What happens to a frame at one place. Numbers below 100 are steps on its way; from 100 on the frame ends there. The
 * numbers are written to traces, so they never change meaning. The names of ends are the kernel's drop reasons
 * (include/net/dropreason-core.h, without SKB_DROP_REASON_) where it has one; ours come after 200.
 */
export const Verdict = {
  /** A process or the kernel itself made it and hands it to IP or to a device. */
  sent: 1,
  /** It left a device. */
  transmitted: 2,
  /** It came in by a device. */
  received: 3,
  /** A rule or route decided where it goes. */
  routed: 4,
  /** The stack forwards it to another device. */
  forwarded: 5,
  /** It is for this namespace. */
  local: 6,
  /** A neighbour entry gave the link-layer address. */
  resolved: 7,
  /** It waits until the neighbour answers. */
  waitsForNeighbour: 8,
  /** A bridge knows the port. */
  bridged: 9,
  /** A bridge or VTEP sends copies to all candidates. */
  flooded: 10,
  /** A VTEP wrapped it; the frame goes on under a new number. */
  encapsulated: 11,
  /** A VTEP unwrapped it; the frame goes on under a new number. */
  decapsulated: 12,
  /** It was cut; the fragments go on. */
  fragmented: 13,
  /** It was put together from fragments. */
  reassembled: 14,
  /** It waits in a queueing discipline or on a wire. */
  queued: 15,
  /** A bridge learned or moved an entry from it. */
  learned: 16,
  /** A rule of netfilter changed or accepted it. */
  matched: 17,
  /** The kernel answered in somebody's place (proxy ARP, ARP suppression). */
  answered: 18,
  /** Connection tracking knows which connection it belongs to. */
  tracked: 19,
  /** Its addresses or ports were rewritten for its connection. */
  translated: 20,
  /** A policy rule named the table in which the route was found. */
  ruled: 21,
  /** A virtual service wants it, and its scheduler chooses a destination for it. */
  scheduled: 30,
  /** That destination gets it. */
  chosen: 31,
  /** An IPVS connection sends it on to its destination. */
  dispatched: 32,
  /** An IPVS connection knows it as an answer, and lets it speak for the virtual address. */
  returned: 33,

  /** A socket, or the kernel itself (ARP, ICMP), took it: its proper end. */
  delivered: 100,
  NOT_SPECIFIED: 101,
  NO_SOCKET: 102,
  PKT_TOO_SMALL: 103,
  UDP_CSUM: 104,
  OTHERHOST: 106,
  IP_CSUM: 107,
  IP_INHDR: 108,
  IP_RPFILTER: 109,
  NETFILTER_DROP: 110,
  SOCKET_RCVBUFF: 111,
  CPU_BACKLOG: 112,
  QDISC_DROP: 113,
  DEV_READY: 114,
  NOMEM: 116,
  ICMP_CSUM: 118,
  INVALID_PROTO: 119,
  IP_INADDRERRORS: 120,
  IP_INNOROUTES: 121,
  IP_OUTNOROUTES: 122,
  PKT_TOO_BIG: 123,
  DUP_FRAG: 124,
  FRAG_REASM_TIMEOUT: 125,
  FRAG_TOO_FAR: 126,
  NEIGH_CREATEFAIL: 127,
  NEIGH_FAILED: 128,
  NEIGH_QUEUEFULL: 129,
  NEIGH_DEAD: 130,
  UNHANDLED_PROTO: 131,
  IP_NOPROTO: 132,
  TTL_EXCEEDED: 133,
  VXLAN_INVALID_HDR: 134,
  VXLAN_VNI_NOT_FOUND: 135,
  VXLAN_NO_REMOTE: 136,
  VXLAN_ENTRY_EXISTS: 137,
  MAC_INVALID_SOURCE: 138,
  LOCAL_MAC: 139,
  IP_TUNNEL_ECN: 140,
  IP_INVALID_SOURCE: 141,
  IP_INVALID_DEST: 142,
  IP_LOCALNET: 143,
  IP_LOCAL_SOURCE: 144,
  UNICAST_IN_L2_MULTICAST: 146,
  TCP_CSUM: 147,
  RECURSION_LIMIT: 148,
  TCP_FLAGS: 160,
  TCP_ZEROWINDOW: 161,
  TCP_OLD_DATA: 162,
  TCP_OVERWINDOW: 163,
  TCP_OFOMERGE: 164,
  TCP_RFC7323_PAWS: 165,
  TCP_OLD_SEQUENCE: 166,
  TCP_INVALID_SEQUENCE: 167,
  TCP_INVALID_ACK_SEQUENCE: 168,
  TCP_RESET: 169,
  TCP_INVALID_SYN: 170,
  TCP_ACK_UNSENT_DATA: 171,
  TCP_TOO_OLD_ACK: 172,
  TCP_ABORT_ON_DATA: 173,
  TCP_LISTEN_OVERFLOW: 174,
  TCP_TIMEWAIT: 175,

  /** A bridge would send it back to the port that it came from. */
  BRIDGE_SAME_PORT: 201,
  /** The port's VLANs do not allow it. */
  BRIDGE_VLAN: 202,
  /** Source and destination port are isolated from each other. */
  BRIDGE_ISOLATED: 203,
  /** No port may have it. */
  BRIDGE_NO_PORT: 204,
  /** The port is not forwarding. */
  BRIDGE_PORT_STATE: 205,
  /** The device has no carrier, or the other end is gone. */
  NO_CARRIER: 206,
  /** netem lost it, as it was told. */
  NETEM_LOSS: 207,
  /** The device went away while the frame was under way. */
  DEVICE_GONE: 208,
  /** A copy was made for each receiver; the frame itself is done. */
  REPLICATED: 209,
  /** The frame was cut into fragments, or became part of a reassembled datagram; those go on. */
  FRAGMENTED: 210,
  REASSEMBLED: 211,
  /** A dummy device takes everything and passes nothing on. */
  DUMMY: 212,
  /** A link-local group address (01:80:c2:00:00:0X) is not forwarded. */
  LINK_LOCAL_GROUP: 214,
  /** The socket that held it was closed. */
  SOCKET_CLOSED: 216,
  /** A rule asks for something that is not simulated: nobody can say what Linux would do. */
  UNDECIDED: 217,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

const names = new Map<number, string>(Object.entries(Verdict).map(([name, code]) => [code, name]));

/** The name of a code, as reports and `expect` blocks write it. */
export function verdictName(code: Verdict): string {
  return names.get(code)!;
}

/** The code of a name, or null. */
export function verdictOf(name: string): Verdict | null {
  return (Verdict as Record<string, Verdict>)[name] ?? null;
}

/** True for codes with which a frame ends. */
export function isEnd(code: Verdict): boolean {
  return code >= 100;
}
