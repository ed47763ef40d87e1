import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import * as utf8 from "../wire/utf8.ts";
import { PcapWriter } from "./pcap.ts";
import { type CapturePacket, PcapngWriter } from "./pcapng.ts";
import { readCapture } from "./read-capture.ts";

/** 12:34:56.123456789 of a virtual day that began at `EPOCH`. */
const TIME = (12 * 3600 + 34 * 60 + 56) * 1e9 + 123_456_789;
const EPOCH = 1_700_000_000;
/** An ARP request. */
const ARP = Uint8Array.from(
  Buffer.from(
    "ffffffffffff02420a030002080600010800060400010242" + "0a0300020a0300020000000000000a030005",
    "hex",
  ),
);

function open(bytes: Uint8Array) {
  const result = readCapture(bytes);
  if (!result.ok) throw new Error(result.message);
  return result.file;
}

function sample(): Uint8Array {
  const writer = new PcapngWriter("overmesh", EPOCH);
  writer.addInterface({ name: "a/c1/eth0", description: "veth pair, peer vb1" });
  writer.addInterface({ name: "a/br0", description: "" });
  const comments = ["delivered", "größer 😀"];
  writer.addPacket({ interface: 0, time: TIME, bytes: ARP, comments, packetId: 7, direction: "outbound" });
  writer.addPacket({ interface: 1, time: TIME + 1, bytes: ARP.subarray(0, 41), length: 42, packetId: 7 });
  writer.addPacket({ interface: 1, time: 0, bytes: ARP });
  return writer.finish();
}

describe("pcapng", () => {
  test("what is written reads back, with nanoseconds, comments, identity and direction", () => {
    const file = open(sample());
    expect(file.error).toBeNull();
    expect(file.application).toBe("overmesh");
    expect(file.interfaces.map(({ name }) => name)).toEqual(["a/c1/eth0", "a/br0"]);
    expect(file.interfaces[0]!.description).toBe("veth pair, peer vb1");
    expect(file.packets[0]).toMatchObject({
      interface: 0,
      seconds: EPOCH + 45296,
      nanoseconds: 123_456_789,
      length: 42,
      comments: ["delivered", "größer 😀"],
      packetId: 7,
      direction: "outbound",
    });
    expect(file.packets[0]!.bytes).toEqual(ARP);
    expect(file.packets[1]).toMatchObject({ interface: 1, nanoseconds: 123_456_790, length: 42 });
    expect(file.packets[1]!.bytes.length).toBe(41);
    expect(file.packets[2]).toMatchObject({
      seconds: EPOCH,
      nanoseconds: 0,
      packetId: null,
      direction: null,
    });
  });

  test("any packets read back", () => {
    const packet: fc.Arbitrary<CapturePacket> = fc.record({
      interface: fc.nat(1),
      time: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      bytes: fc.uint8Array({ maxLength: 90 }),
      comments: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 3 }),
      packetId: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      direction: fc.constantFrom("inbound" as const, "outbound" as const),
    });
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), (packets) => {
        const writer = new PcapngWriter("overmesh");
        writer.addInterface({ name: "lo", description: "" });
        writer.addInterface({ name: "eth0", description: "second" });
        for (const one of packets) writer.addPacket(one);
        const read = open(writer.finish()).packets.map((one) => ({
          interface: one.interface,
          time: Number(BigInt(one.seconds) * 1_000_000_000n + BigInt(one.nanoseconds)),
          bytes: one.bytes,
          comments: one.comments,
          packetId: one.packetId,
          direction: one.direction,
        }));
        expect(read).toEqual(packets);
      }),
    );
  });

  test("a capture without a packet is a whole file", () => {
    const writer = new PcapngWriter("overmesh");
    expect(readCapture(writer.finish())).toEqual({
      ok: false,
      message: "the capture file has no Interface Description Blocks",
    });
    writer.addInterface({ name: "lo", description: "" });
    expect(open(writer.finish()).packets).toEqual([]);
  });
});

describe("pcap", () => {
  test.each(["micro", "nano"] as const)("what is written with %s precision reads back", (precision) => {
    const writer = new PcapWriter({ epoch: EPOCH, precision, snapLength: 40 });
    writer.addPacket(TIME, ARP);
    writer.addPacket(0, ARP.subarray(0, 20), 20);
    const file = open(writer.finish());
    expect(file.interfaces).toEqual([{ linkType: 1, snapLength: 40, name: "", description: "" }]);
    expect(file.packets).toMatchObject([
      { seconds: EPOCH + 45296, nanoseconds: precision === "nano" ? 123_456_789 : 123_456_000, length: 42 },
      { seconds: EPOCH, nanoseconds: 0, length: 20 },
    ]);
    expect(file.packets[0]!.bytes).toEqual(ARP.subarray(0, 40));
  });

  test("the file that `tcpdump -w` writes, byte for byte", () => {
    const writer = new PcapWriter();
    writer.addPacket(1_000_002_999, Uint8Array.of(1, 2, 3));
    expect(Buffer.from(writer.finish()).toString("hex")).toBe(
      `d4c3b2a1020004000000000000000000${"00000400"}01000000${"01000000"}02000000${"03000000"}03000000${"010203"}`,
    );
  });

  test("the other byte order", () => {
    const little = new PcapWriter({ precision: "nano" });
    little.addPacket(TIME, ARP);
    const bytes = little.finish();
    for (const at of [0, 8, 12, 16, 20, 24, 28, 32, 36]) bytes.subarray(at, at + 4).reverse();
    for (const at of [4, 6]) bytes.subarray(at, at + 2).reverse();
    expect(open(bytes).packets).toEqual(open(little.finish()).packets);
  });
});

describe("files that cannot be read say so in libpcap's words", () => {
  const writer = new PcapWriter();
  writer.addPacket(0, ARP);
  const whole = writer.finish();
  const changed = (at: number, value: number) => {
    const bytes = whole.slice();
    bytes[at] = value;
    return bytes;
  };

  test.each([
    [new Uint8Array(0), "truncated dump file; tried to read 4 file header bytes, only got 0"],
    [Uint8Array.from(Buffer.from("abcd")), "unknown file format"],
    [whole.slice(0, 10), "truncated dump file; tried to read 24 file header bytes, only got 6"],
    [changed(4, 9), "unsupported pcap savefile version 9.4"],
    [changed(4, 1), "archaic pcap savefile format"],
  ])("%#", (bytes, message) => expect(readCapture(bytes)).toEqual({ ok: false, message }));

  test.each([
    [whole.slice(0, 60), "truncated dump file; tried to read 42 captured bytes, only got 20"],
    [whole.slice(0, 30), "truncated dump file; tried to read 16 header bytes, only got 6"],
    [changed(34, 9), "invalid packet capture length 589866, bigger than snaplen of 262144"],
  ])("the packets before the damage are there: %#", (bytes, message) => {
    expect(open(bytes).error).toBe(message);
  });

  test("random bytes and damaged files never throw", () => {
    const starts = [sample(), whole];
    fc.assert(
      fc.property(
        fc.nat(1),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (which, changes, cut) => {
          const bytes = starts[which]!.slice();
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const result = readCapture(bytes.subarray(0, cut % (bytes.length + 1)));
          expect(typeof result.ok).toBe("boolean");
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readCapture(bytes)));
  });
});

test("UTF-8 is that of the platform", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(utf8.encode(text)).toEqual(new TextEncoder().encode(text));
      expect(utf8.decode(utf8.encode(text))).toBe(
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8.encode(text)),
      );
    }),
  );
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void utf8.decode(bytes)));
});

const tshark = spawnSync("tshark", ["--version"]).status === 0;
const capinfos = spawnSync("capinfos", ["--version"]).status === 0;

describe.skipIf(!tshark || !capinfos)(
  `against the real tshark and capinfos${tshark && capinfos ? "" : " (skipped: not installed)"}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "overmesh-capture-"));
    afterAll(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "sample.pcapng");
    writeFileSync(path, sample());

    function run(program: string, ...flags: string[]): string {
      const result = spawnSync(program, flags, { encoding: "utf8" });
      expect(result.status, result.stderr).toBe(0);
      return result.stdout;
    }

    test("tshark reads interfaces, nanoseconds, identity, direction and comments", () => {
      const fields = [
        "frame.interface_name",
        "frame.time_epoch",
        "frame.packet_id",
        "frame.packet_flags_direction",
      ];
      const flags = [...fields, "frame.comment", "frame.len", "frame.cap_len"].flatMap((name) => [
        "-e",
        name,
      ]);
      expect(run("tshark", "-r", path, "-T", "fields", ...flags)).toBe(
        "a/c1/eth0\t1700045296.123456789\t7\t0x00000002\tdelivered,größer 😀\t42\t42\n" +
          "a/br0\t1700045296.123456790\t7\t\t\t42\t41\n" +
          "a/br0\t1700000000.000000000\t\t\t\t42\t42\n",
      );
    });

    test("capinfos finds a whole file of two interfaces, written by overmesh", () => {
      const text = run("capinfos", path);
      expect(text).toContain("Capture application: overmesh");
      expect(text).toContain("File timestamp precision:  nanoseconds (9)");
      expect(text).toContain("Number of interfaces in file: 2");
      expect(text).toContain("Name = a/c1/eth0");
      expect(text).toContain("Description = veth pair, peer vb1");
      expect(text).toContain("Number of packets:   3");
    });
  },
);
