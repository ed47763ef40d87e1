/** The descriptions and filters of the wire room against the real tcpdump. Skipped where it is not installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { PcapWriter } from "../src/capture/pcap.ts";
import { LINKTYPE_ETHERNET, LINKTYPE_LINUX_SLL2 } from "../src/capture/pcapng.ts";
import { readCapture } from "../src/capture/read-capture.ts";
import { type DescribeOptions, Describer } from "../src/wire/describe.ts";
import { matches } from "../src/wire/filter.ts";
import { parseFilter } from "../src/wire/filter-parser.ts";
import * as sll2 from "../src/wire/sll2.ts";
import { RandomFilters } from "./random-filters.ts";
import { RandomFrames } from "./random-frames.ts";

const installed = spawnSync("tcpdump", ["--version"]).status === 0;
const FRAMES = 3000;
/** Of seeds, each the source of {@link FRAMES} frames. */
const SEEDS = Number(process.env["TCPDUMP_SEEDS"] ?? 1);
/**
 * Damage turns some frames into protocols that tcpdump takes apart and we do not (IPv6 extension headers, GRE,
 * ESP, ICMPv6 ...). Our own text gives them away; the test counts them and allows few.
 */
const NOT_TAKEN_APART =
  /ip-proto-(0|8|9|33|43|44|46|47|50|51|55|60|62|88|89|103|108|112|113|132|135|143)\b|ICMP6|ethertype (?!Unknown|IPv|ARP|Reverse|802)|igmp-(19|20|30|31)|> [^ ]+: {2}nd/;

/** One a line; `vxlan` is not among them, since only the libpcap after 1.10 knows it. */
const EXPRESSIONS: readonly string[] = `
host
foo bar
host foo
port foo
(
ip host 10.0.0.1 and
net 10.0.0.1/24
net 10/8
host 10
net 10
net 10.3
host 10.3
portrange 1
port 70000
ether host 10.0.0.1
ether host 10
arp port 5
vlan 5000
less
ip proto foo
greater x
tcp or
and tcp
@
host 1.2.3.4.5
ether proto 0x800 foo
ip proto \\icmp
ip proto \\tcp or arp
ether proto \\arp
ether proto \\foo
ip proto icmp
net 10.0.0.0 mask 255.0.0.0
net 10.0.0.1 mask 255.0.0.0
host 10.1.2.3/8
host 10.0.0.0/8
ether host 1:2:3:4:5
broadcast
ip broadcast
arp broadcast
tcp multicast
ip multicast
ip6 multicast
icmp[icmptype] = 8
icmp[icmptype] == icmp-echo or icmp[icmptype] = icmp-echoreply
udp src port 40000
port 8x
portrange 5-1
portrange 30000-50000
portrange 5-99999
arp host 10.3.0.5
ether broadcast
ether multicast and not broadcast
vlan and host 10.3.0.5
vlan 5 or vlan 6
proto 17
src proto 17
udp proto 17
arp proto 17
ip6
icmp host 10.0.0.1
icmp6 net 10
src or dst host 10.3.0.5
src and dst 10.3.0.5
dst or src port 9999
src 10.3.0.5 and dst port 40000
gateway x
net 300.1.1.1
less 5 and foo
less 60 and 10.3.0.5
host 300.1.1.1
1.2.3.4
80
port 1 2
host 1.1.1.1 2.2.2.2
tcp port http
udp port http
port domain
port -5
10.0.0.1 or 10.0.0.2
vlan 99999999999
ip proto 256
greater 99999999999
port 09
tcp host 1.1.1.1
udp net 10
carp host 10.0.0.1
host 10.3.0.2 or 10.3.0.5
host (10.3.0.2 or 10.3.0.5) and icmp
host 10.3.0.2 and not port (40000 or 9999)
port 40000 or 40001 and not 9999
not host 10.3.0.2
! arp && ! icmp
tcp[tcpflags] & (tcp-syn|tcp-fin) != 0
tcp[13] & 2 != 0
ip[8] < 5
ip[6:2] & 0x1fff != 0
ether[0] & 1 = 0 and ip[16] >= 224
ip[0] & 0xf != 5
ip[0:3] = 1
len > 100
len - 14 = ip[2:2]
ether src 02:42:0a:03:00:02
ether dst 0242.0a03.0002
ether host 02420a030005
ether 02:42:0a:03:00:02
host 02:42:0a:03:00:02
ether port 5
link proto 0x806
ether
igmp or rarp
udp[8:4] = 0x08000000 and dst port 4789
len / 0 = 1
(tcp or udp) and (src port 40000 or dst port 40001)
((arp))
()
host ()
port (80)
tcp (port 80)
src
src src 10.0.0.1
not
tcp udp
host 10.0.0.1 port 80
host 1.2.3.4 and 80
port 80 and 1.2.3.4
portrange 1-2-3
ip net 10.3.0.0/16
dst net 10.3
len > 60 and arp
5 < len
(5 + 3) * 10 < len
host 10.3.0.5 and port 40000 or 9999
`
  .split("\n")
  .filter((line) => line !== "");

describe.skipIf(!installed)(`against the real tcpdump${installed ? "" : " (skipped: not installed)"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "overmesh-tcpdump-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What tcpdump prints of each frame, without the time. */
  function tcpdump(
    frames: readonly Uint8Array[],
    flags: readonly string[],
    linkType: number = LINKTYPE_ETHERNET,
  ): readonly string[] {
    const writer = new PcapWriter({ linkType });
    frames.forEach((frame, i) => {
      writer.addPacket(i * 1e9, frame);
    });
    const file = join(folder, "frames.pcap");
    writeFileSync(file, writer.finish());
    const text = execFileSync("tcpdump", ["-n", "-tt", ...flags, "-r", file], {
      encoding: "latin1",
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1 << 28,
    });
    const parts = text.split(/^(\d+)\.000000 /m);
    const found: string[] = [];
    for (let i = 1; i < parts.length; i += 2) found[Number(parts[i])] = parts[i + 1]!.replace(/\n$/, "");
    return found;
  }

  const cases: readonly (readonly [string[], Partial<DescribeOptions>])[] = [
    [[], {}],
    [["-e"], { linkHeader: true }],
    [["-v"], { verbose: 1 }],
    [["-vv"], { verbose: 2 }],
    [["-e", "-vvv"], { linkHeader: true, verbose: 3 }],
    [["-q"], { quiet: true }],
    [["-q", "-e"], { quiet: true, linkHeader: true }],
    [["-S", "-v"], { absoluteSequences: true, verbose: 1 }],
  ];

  test.each(cases)("each frame reads as with tcpdump %j", (flags, options) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new RandomFrames(new Prng(seed));
      const frames = Array.from({ length: FRAMES }, () => random.next());
      const real = tcpdump(frames, flags);
      const describer = new Describer(options);
      const wrong: string[] = [];
      let skipped = 0;
      frames.forEach((frame, i) => {
        const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
        const ours = describer.describe(view, 0, frame.length);
        if (ours === real[i]) return;
        if (NOT_TAKEN_APART.test(ours)) skipped++;
        else wrong.push(`${Buffer.from(frame).toString("hex")}\nreal ${real[i]}\nours ${ours}`);
      });
      expect(wrong.length, `seed ${seed}, ${wrong.length} differ:\n${wrong.slice(0, 5).join("\n\n")}`).toBe(
        0,
      );
      expect(skipped).toBeLessThan(FRAMES / 100);
    }
  });

  /** The frame as the device `any` gives it. The number is that of no device, whose name prints as `?`. */
  function cook(frame: Uint8Array, i: number): Uint8Array {
    const from = new DataView(frame.buffer, frame.byteOffset);
    const cooked = new Uint8Array(sll2.HEADER_LEN + frame.length - 14);
    const kind = (["In", "B", "M", "P", "Out"] as const)[i % 5]!;
    const address = { hi: from.getUint16(6), lo: from.getInt32(8) };
    const repr = { protocol: from.getUint16(12), ifindex: 987654, hardware: 1, kind, address };
    sll2.emit(repr, new DataView(cooked.buffer), 0);
    cooked.set(frame.subarray(14), sll2.HEADER_LEN);
    return cooked;
  }

  test.each(cases)("each frame of the device any reads as with tcpdump %j", (flags, options) => {
    const random = new RandomFrames(new Prng(7));
    const frames = Array.from({ length: FRAMES }, () => random.next()).filter(
      (frame) => frame.length >= 14 && frame[12]! >= 8,
    );
    const cooked = frames.map(cook);
    const real = tcpdump(cooked, flags, LINKTYPE_LINUX_SLL2);
    const [live, file] = [new Describer(options), new Describer(options)];
    const wrong: string[] = [];
    frames.forEach((frame, i) => {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      const kind = (["In", "B", "M", "P", "Out"] as const)[i % 5]!;
      const fromLife = live.describeCooked(view, 0, frame.length, { device: "?", ifindex: 987654, kind });
      const bytes = cooked[i]!;
      const fromFile = file.describeSll2(new DataView(bytes.buffer), 0, bytes.length, () => null);
      if (NOT_TAKEN_APART.test(fromFile)) return;
      if (fromFile !== real[i] || fromLife !== real[i])
        wrong.push(`real ${real[i]}\nfile ${fromFile}\nlive ${fromLife}`);
    });
    expect(wrong.length, `${wrong.length} differ:\n${wrong.slice(0, 5).join("\n\n")}`).toBe(0);
  });

  const filterFrames = new RandomFrames(new Prng(99));
  const subjects = Array.from({ length: 700 }, () => filterFrames.next());

  /**
   * The indices of the frames that pass, or what tcpdump says of the expression. Without libpcap's optimizer (`-O`),
   * which turns questions around: that shows in frames which end too early for one of them.
   */
  function realFilter(file: string, expression: string): readonly number[] | string {
    const result = spawnSync("tcpdump", ["-O", "-r", file, "-w", "-", "--", expression], {
      maxBuffer: 1 << 26,
    });
    if (result.status !== 0) return result.stderr.toString().trim().split("\n").at(-1)!;
    const read = readCapture(result.stdout);
    return read.ok ? read.file.packets.map((packet) => packet.seconds) : read.message;
  }

  function ourFilter(expression: string): readonly number[] | string {
    const parsed = parseFilter(expression);
    if (!parsed.ok) return `tcpdump: ${parsed.message}`;
    const passed: number[] = [];
    subjects.forEach((frame, i) => {
      const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
      if (matches(parsed.filter, view, 0, frame.length)) passed.push(i);
    });
    return passed;
  }

  function compareFilters(expressions: readonly string[]): void {
    const writer = new PcapWriter();
    subjects.forEach((frame, i) => {
      writer.addPacket(i * 1e9, frame);
    });
    const file = join(folder, "subjects.pcap");
    writeFileSync(file, writer.finish());
    const wrong: string[] = [];
    for (const expression of expressions) {
      const real = JSON.stringify(realFilter(file, expression));
      const ours = JSON.stringify(ourFilter(expression));
      if (real !== ours) wrong.push(`${expression}\nreal ${real}\nours ${ours}`);
    }
    expect(wrong.length, `${wrong.length} differ:\n${wrong.slice(0, 12).join("\n\n")}`).toBe(0);
  }

  test("random filters pass the same frames", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new RandomFilters(new Prng(seed));
      compareFilters(Array.from({ length: 150 }, () => random.expression()));
    }
  });

  test("wrong filters are refused in the same words", () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new RandomFilters(new Prng(seed));
      compareFilters(Array.from({ length: 150 }, () => random.soup()));
    }
  });

  test("the filters of manual pages and of mistakes", () => compareFilters(EXPRESSIONS));
});
