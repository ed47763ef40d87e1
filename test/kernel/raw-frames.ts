/** Frames written byte by byte, right and wrong ones, for both a real kernel and the simulated one. */

/** A frame as the bytes of its Ethernet header and what follows. */
export type Frame = readonly number[];

/** What is said of the IPv4 header, else it is plain; `frag` is the whole field, `from` the end that sends. */
export interface Header {
  readonly src: string;
  readonly dst: string;
  readonly ttl?: number;
  readonly tos?: number;
  readonly frag?: number;
  readonly options?: readonly number[];
  readonly length?: number;
  readonly from?: "c1" | "c2";
  readonly dstMac?: string;
  readonly srcMac?: string;
}

/** Own address and router's, by end: those of random-rules.ts. */
const MACS = {
  c1: ["02:00:00:00:01:02", "02:00:00:00:01:01"],
  c2: ["02:00:00:00:02:02", "02:00:00:00:02:01"],
} as const;

const u16 = (n: number): number[] => [(n >> 8) & 255, n & 255];
const u32 = (n: number): number[] => [...u16(n >>> 16), ...u16(n & 0xffff)];
const mac = (text: string): number[] => text.split(":").map((part) => Number.parseInt(part, 16));
const address = (text: string): number[] => text.split(".").map(Number);

function sum(data: readonly number[]): number {
  let total = 0;
  for (let i = 0; i < data.length; i += 2) total += (data[i]! << 8) | (data[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return ~total & 0xffff;
}

/** Puts a checksum, spoilt where it is asked for, into a header. */
function seal(bytes: number[], at: number, checksum: number, bad = false): number[] {
  bytes.splice(at, 2, ...u16(bad ? checksum ^ 0x55 : checksum));
  return bytes;
}

function ip(header: Header, protocol: number, payload: readonly number[]): Frame {
  const { src, dst, options = [], ttl = 64, tos = 0, frag = 0, from = "c1" } = header;
  const size = 20 + options.length;
  const [own, router] = MACS[from];
  const total = u16(header.length ?? size + payload.length);
  const head = [0x40 | (size / 4), tos, ...total, 0, 1, ...u16(frag), ttl, protocol, 0, 0];
  head.push(...address(src), ...address(dst), ...options);
  const ethernet = [...mac(header.dstMac ?? router), ...mac(header.srcMac ?? own), 8, 0];
  return [...ethernet, ...seal(head, 10, sum(head)), ...payload];
}

function pseudo({ src, dst }: Header, protocol: number, segment: readonly number[]): number {
  return sum([...address(src), ...address(dst), 0, protocol, ...u16(segment.length), ...segment]);
}

interface Udp extends Header {
  readonly sport: number;
  readonly dport: number;
  readonly data?: readonly number[];
  readonly bad?: boolean;
  readonly udpLength?: number;
}

export function udp(o: Udp): Frame {
  const { sport, dport, data = [1, 2, 3, 4] } = o;
  const segment = [...u16(sport), ...u16(dport), ...u16(o.udpLength ?? 8 + data.length), 0, 0, ...data];
  return ip(o, 17, seal(segment, 6, pseudo(o, 17, segment), o.bad));
}

interface Tcp extends Header {
  readonly sport: number;
  readonly dport: number;
  readonly flags: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly window?: number;
  readonly tcpOptions?: readonly number[];
  /** The header's length in words, where it is to be wrong. */
  readonly words?: number;
  readonly data?: readonly number[];
  readonly bad?: boolean;
}

export function tcp(o: Tcp): Frame {
  const { sport, dport, flags, seq = 1000, ack = 0, window = 1000, tcpOptions = [], data = [] } = o;
  const words = o.words ?? 5 + tcpOptions.length / 4;
  const segment = [...u16(sport), ...u16(dport), ...u32(seq), ...u32(ack), words << 4, flags, ...u16(window)];
  segment.push(0, 0, 0, 0, ...tcpOptions, ...data);
  return ip(o, 6, seal(segment, 16, pseudo(o, 6, segment), o.bad));
}

interface Icmp extends Header {
  readonly type: number;
  readonly code?: number;
  readonly rest?: readonly number[];
  readonly data?: readonly number[];
  readonly bad?: boolean;
}

export function icmp(o: Icmp): Frame {
  const message = [o.type, o.code ?? 0, 0, 0, ...(o.rest ?? [0, 1, 0, 1]), ...(o.data ?? [])];
  return ip(o, 1, seal(message, 2, sum(message), o.bad));
}

const way = { src: "10.0.1.2", dst: "10.0.2.2" };
const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i & 255);
/** The first 28 bytes of a packet that c2 may have sent. */
const quoted = (protocol: number, sport: number, dport: number): Frame =>
  ip({ src: way.dst, dst: way.src }, protocol, [...u16(sport), ...u16(dport), 0, 0, 3, 232]).slice(14);

/** Options of TCP: usual ones, unknown ones, and some with wrong lengths. */
const tcpOptions: readonly (readonly number[])[] = [
  [2, 4, 5, 180],
  [2, 4, 1, 0, 4, 2, 1, 1],
  [1, 1, 1, 0],
  [8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1],
  [5, 0, 2, 4],
  [19, 1, 2, 4],
  [1, 1, 1, 5],
  [2, 3, 5, 0],
  [0, 2, 4, 1],
  [30, 40, 2, 4],
];

const icmpKinds: readonly (readonly [number, number])[] = [
  ...[0, 1, 3, 4, 13].map((code) => [3, code] as const),
  ...[0, 4, 8, 9, 10, 11, 12, 14, 18, 40, 255].map((type) => [type, 0] as const),
  ...([
    [5, 1],
    [8, 3],
    [11, 1],
    [12, 2],
    [40, 1],
    [255, 255],
  ] as const),
];

/** What a router may meet, from c1 to c2, to the router itself and to everybody; the ends themselves stay mute. */
export const oddFrames: readonly Frame[] = [
  ...[
    [1, 53],
    [4000, 5000],
    [65535, 0],
    [0, 65535],
    [100, 100],
    [100, 101],
  ].map(([sport, dport]) => udp({ ...way, sport: sport!, dport: dport! })),
  ...[2, 255].map((ttl) => udp({ ...way, sport: 7, dport: 9, ttl })),
  ...[0x10, 0xfc].map((tos) => udp({ ...way, sport: 7, dport: 9, tos })),
  ...[0, 100, 1400].map((length) => udp({ ...way, sport: 5000, dport: 99, data: count(length) })),
  udp({ ...way, sport: 7, dport: 7, bad: true }),
  ...[4, 100].map((udpLength) => udp({ ...way, sport: 8, dport: 8, udpLength })),
  ...[28, 30, 19, 200].map((length) => udp({ ...way, sport: 9, dport: 53, length })),
  ...[0, 3, 4].map((length) => ip(way, 17, count(length))),
  ...[0x2001, 2].map((frag) => ip({ ...way, frag }, 17, count(40))),
  ...[1, 3].map((frag) => ip({ ...way, frag }, 6, count(40))),
  ip({ ...way, frag: 5 }, 1, count(40)),
  ...[0x2000, 0x4000, 0x8000].map((frag) => udp({ ...way, sport: 1, dport: 53, frag, data: count(8) })),
  ...[
    [1, 1, 1, 1],
    [148, 4, 0, 0],
  ].map((options) => udp({ ...way, sport: 1, dport: 53, options })),
  ...[0, 1, 2, 3, 4, 5, 8, 16, 17, 18, 20, 24, 25, 41, 63, 32, 0xc2, 0x52, 0xff].map((flags, i) =>
    tcp({ ...way, sport: 2000 + i, dport: 80, flags }),
  ),
  ...tcpOptions.map((options, i) =>
    tcp({ ...way, sport: 3000 + i, dport: 81, flags: 2, tcpOptions: options }),
  ),
  ...[0, 4, 15].map((words) => tcp({ ...way, sport: 3100, dport: 81, flags: 2, words })),
  tcp({ ...way, sport: 3101, dport: 81, flags: 2, bad: true }),
  ...[8, 19].map((length) => ip(way, 6, count(length))),
  ...icmpKinds.map(([type, code]) =>
    icmp({ ...way, type, code, rest: [0, 7, 0, 1], data: quoted(17, 9, 9) }),
  ),
  icmp({ ...way, type: 8, bad: true }),
  icmp({ ...way, type: 3, code: 3, data: quoted(17, 53, 1) }),
  icmp({ ...way, type: 3, code: 3, data: quoted(6, 80, 2000) }),
  icmp({ ...way, type: 3, code: 3 }),
  ...[0, 4].map((length) => ip(way, 1, count(length))),
  ...[2, 4, 50, 51, 89, 103, 108, 254, 255].map((protocol) => ip(way, protocol, count(36))),
  ..."10.0.1.1 10.0.1.77 10.0.9.9 127.0.0.1 0.0.0.0 255.255.255.255 224.0.0.5 10.0.2.2 10.0.2.255 192.0.2.1 240.0.0.1"
    .split(" ")
    .map((src) => udp({ ...way, src, sport: 6000, dport: 6000 })),
  ..."10.0.1.1 10.0.1.255 10.0.2.1 10.0.2.255 255.255.255.255 224.0.0.1 239.1.1.1 127.0.0.1 10.0.9.9 0.0.0.0 192.0.2.1"
    .split(" ")
    .map((dst) => udp({ ...way, dst, sport: 6100, dport: 6100 })),
  ...["10.0.1.1", "10.0.1.255", "255.255.255.255", "224.0.0.1", "10.0.2.2"].flatMap((dst, i) =>
    ["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:01", "02:00:00:00:09:99"].map((dstMac, j) =>
      udp({ ...way, dst, dstMac, sport: 6200 + i, dport: 6200 + j }),
    ),
  ),
  ...["02:00:00:00:0a:bc", "00:00:00:00:00:0f"].map((srcMac) => udp({ ...way, srcMac, sport: 9, dport: 9 })),
];
