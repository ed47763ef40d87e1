/** DNS messages as the real tcpdump prints them. Skipped where it is not installed. */
import { execFileSync, spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import { PcapWriter } from "../src/capture/pcap.ts";
import { LINKTYPE_ETHERNET } from "../src/capture/pcapng.ts";
import { Describer } from "../src/wire/describe.ts";
import * as ethernet from "../src/wire/ethernet.ts";
import * as ipv4 from "../src/wire/ipv4.ts";
import * as tcp from "../src/wire/tcp.ts";
import * as udp from "../src/wire/udp.ts";
import { PLAIN_IPV4 } from "./helpers/plain-ipv4.ts";
import { RandomDns } from "./random-dns.ts";

const installed = spawnSync("tcpdump", ["--version"]).status === 0;
const FRAMES = 3000;
const SRC = 0x0a010002;
const DST = 0x0a010003;

/** A message in a frame; over TCP behind its length. */
function frameOf(message: Uint8Array, overTcp: boolean, toServer: boolean): Uint8Array {
  const bytes = new Uint8Array(2048);
  const view = new DataView(bytes.buffer);
  view.setUint16(12, ethernet.TYPE_IPV4);
  const [srcPort, dstPort] = toServer ? [40_000, 53] : [53, 40_000];
  const at = 34;
  let length: number;
  if (overTcp) {
    const numbers = { sequence: 1, acknowledgment: 1, window: 512, urgent: 0, options: [] };
    const header = tcp.emit({ srcPort, dstPort, flags: tcp.ACK | tcp.PSH, ...numbers }, view, at);
    view.setUint16(at + header, message.length);
    bytes.set(message, at + header + 2);
    length = header + 2 + message.length;
    tcp.fillChecksum(view, at, length, SRC, DST);
  } else {
    bytes.set(message, at + 8);
    length = 8 + message.length;
    udp.emit({ srcPort, dstPort, payloadLength: message.length }, view, at);
    udp.fillChecksum(view, at, SRC, DST);
  }
  const protocol = overTcp ? ipv4.PROTO_TCP : ipv4.PROTO_UDP;
  ipv4.emit({ ...PLAIN_IPV4, protocol, src: SRC, dst: DST, payloadLength: length }, view, 14);
  return bytes.slice(0, at + length);
}

test.skipIf(!installed).each([0, 1, 2, 3])("DNS reads as with tcpdump, %d times -v", (verbose) => {
  const prng = new Prng(53 + verbose);
  const random = new RandomDns(prng);
  const frames = Array.from({ length: FRAMES }, () => {
    const message = random.next();
    return frameOf(message, prng.chance(1, 4), message[2]! < 128);
  });
  const writer = new PcapWriter({ linkType: LINKTYPE_ETHERNET });
  for (const [i, frame] of frames.entries()) writer.addPacket(i * 1e9, frame);
  const flags = verbose === 0 ? [] : [`-${"v".repeat(verbose)}`];
  const text = execFileSync("tcpdump", ["-n", "-S", "-tt", ...flags, "-r", "-"], {
    encoding: "latin1",
    input: writer.finish(),
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  const parts = text.split(/^(\d+)\.000000 /m);
  const real: string[] = [];
  for (let i = 1; i < parts.length; i += 2) real[Number(parts[i])] = parts[i + 1]!.replace(/\n$/, "");
  const describer = new Describer({ verbose, absoluteSequences: true });
  const wrong: string[] = [];
  for (const [i, frame] of frames.entries()) {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const ours = describer.describe(view, 0, frame.length);
    if (ours !== real[i]) wrong.push(`${Buffer.from(frame).toString("hex")}\nreal ${real[i]}\nours ${ours}`);
  }
  expect(wrong.length, `${wrong.length} differ:\n${wrong.slice(0, 12).join("\n\n")}`).toBe(0);
});

test("damaged and cut off messages are described to their end, whatever they say", () => {
  const prng = new Prng(5);
  const random = new RandomDns(prng);
  const describer = new Describer({ verbose: 3 });
  for (let i = 0; i < 5000; i++) {
    const message = random.next();
    for (let k = prng.below(4); k > 0; k--) message[prng.below(message.length)]! ^= 1 << prng.below(8);
    const frame = frameOf(message, prng.chance(1, 4), message[2]! < 128);
    const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
    const length = prng.chance(1, 2) ? frame.length : 1 + prng.below(frame.length);
    expect(describer.describe(view, 0, length).length).toBeLessThan(100_000);
  }
});
