/** The descriptions and filters of the wire room against the real tcpdump. Skipped where it is not installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { PcapWriter } from "../src/capture/pcap.ts";
import { type DescribeOptions, Describer } from "../src/wire/describe.ts";
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

describe.skipIf(!installed)(`against the real tcpdump${installed ? "" : " (skipped: not installed)"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "overmesh-tcpdump-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What tcpdump prints of each frame, without the time. */
  function tcpdump(frames: readonly Uint8Array[], flags: readonly string[]): readonly string[] {
    const writer = new PcapWriter();
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
});
