import fc from "fast-check";
import { expect, describe as group, test } from "vitest";
import { Describer, describe, hexAndAscii, hexOnly } from "./describe.ts";

function view(hex: string): DataView {
  const bytes = Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
  return new DataView(bytes.buffer);
}

const ARP = view(
  "ffffffffffff 02420a030002 0806 0001080006040001 02420a030002 0a030002 000000000000 0a030005",
);
const PING_HEAD = "02420a030005 02420a030002 0800 4500001c 00004000 400126d5 0a030002 0a030005";
const PING = view(`${PING_HEAD} 0800f7f7 00070001`);
const VXLAN = view(
  `5254000a0010 5254000a000f 0800 4500004e 00000000 4011 0000 ac0a000f ac0a0010 9c40 12b5 003a 0000
   08000000 00006400 ${PING_HEAD} 0800f7f7 00070001`,
);

const say = (frame: DataView, options = {}) => describe(frame, 0, frame.byteLength, options);

// What tcpdump 4.99.3 printed for these very frames; test/tcpdump.test.ts asks it again where it is installed.
group("descriptions are those of tcpdump", () => {
  test("ARP", () => {
    expect(say(ARP)).toBe("ARP, Request who-has 10.3.0.5 tell 10.3.0.2, length 28");
    expect(say(ARP, { linkHeader: true })).toBe(
      "02:42:0a:03:00:02 > ff:ff:ff:ff:ff:ff, ethertype ARP (0x0806), length 42: " +
        "Request who-has 10.3.0.5 tell 10.3.0.2, length 28",
    );
  });

  test("ping", () => {
    expect(say(PING)).toBe("IP 10.3.0.2 > 10.3.0.5: ICMP echo request, id 7, seq 1, length 8");
    expect(say(PING, { verbose: 1 })).toBe(
      "IP (tos 0x0, ttl 64, id 0, offset 0, flags [DF], proto ICMP (1), length 28)\n" +
        "    10.3.0.2 > 10.3.0.5: ICMP echo request, id 7, seq 1, length 8",
    );
  });

  test("VXLAN, and the frame inside on a line of its own", () => {
    expect(say(VXLAN)).toBe(
      "IP 172.10.0.15.40000 > 172.10.0.16.4789: VXLAN, flags [I] (0x08), vni 100\n" +
        "IP 10.3.0.2 > 10.3.0.5: ICMP echo request, id 7, seq 1, length 8",
    );
  });

  test("a frame that ends too early", () => {
    expect(describe(PING, 0, 30)).toBe("IP  [|ip]");
    expect(describe(PING, 0, 13)).toBe(" [|ether]");
    expect(new Describer().describe(PING, 0, 36, 42)).toBe("IP 10.3.0.2 > 10.3.0.5:  [|icmp]");
  });

  test("on the device any", () => {
    const cooked = { device: "eth0", ifindex: 2, kind: "Out" } as const;
    expect(new Describer().describeCooked(PING, 0, 42, cooked)).toBe(
      "eth0  Out IP 10.3.0.2 > 10.3.0.5: ICMP echo request, id 7, seq 1, length 8",
    );
    expect(new Describer({ linkHeader: true }).describeCooked(ARP, 0, 42, { ...cooked, kind: "B" })).toBe(
      "eth0  B   ifindex 2 02:42:0a:03:00:02 ethertype ARP (0x0806), length 48: " +
        "Request who-has 10.3.0.5 tell 10.3.0.2, length 28",
    );
  });

  test("the lines of -x and -X", () => {
    expect(hexOnly(PING, 14, 19)).toBe(
      "\n\t0x0000:  4500 001c 0000 4000 4001 26d5 0a03 0002\n\t0x0010:  0a03 00",
    );
    expect(hexAndAscii(PING, 14, 19)).toBe(
      "\n\t0x0000:  4500 001c 0000 4000 4001 26d5 0a03 0002  E.....@.@.&.....\n" +
        "\t0x0010:  0a03 00                                  ...",
    );
  });
});

test("TCP sequence numbers count from the start of their conversation", () => {
  const segment = (sequence: string, flags: string) =>
    view(
      `02420a030005 02420a030002 0800 45000028 00004000 4006 0000 0a030002 0a030005
       9c40 1f40 ${sequence} 00000001 50${flags} ffff 0000 0000`,
    );
  const describer = new Describer();
  const text = (frame: DataView) => describer.describe(frame, 0, frame.byteLength);
  expect(text(segment("000003e8", "12"))).toContain("Flags [S.], seq 1000, ack 1,");
  expect(text(segment("000003e9", "11"))).toContain("Flags [F.], seq 1, ack 1,");
  expect(say(segment("000003e9", "11"), { absoluteSequences: true })).toContain("seq 1001, ack 1,");
});

test("random bytes and damaged frames never throw", () => {
  const frames = [ARP, PING, VXLAN];
  const options = fc.record({
    verbose: fc.nat(3),
    linkHeader: fc.boolean(),
    quiet: fc.boolean(),
    suppressDump: fc.boolean(),
  });
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.nat(2), changes, fc.nat(), options, (which, list, cut, chosen) => {
      const bytes = new Uint8Array(frames[which]!.buffer.slice(0));
      for (const [at, value] of list) bytes[at % bytes.length] = value;
      const damaged = new DataView(bytes.buffer);
      const captured = cut % (bytes.length + 1);
      expect(typeof new Describer(chosen).describe(damaged, 0, captured, bytes.length)).toBe("string");
      const cooked = { device: "any0", ifindex: 1, kind: "In" } as const;
      expect(typeof new Describer(chosen).describeCooked(damaged, 0, captured, cooked)).toBe("string");
    }),
    { numRuns: 3000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), options, (bytes, chosen) => {
      expect(typeof describe(new DataView(bytes.buffer), 0, bytes.length, chosen)).toBe("string");
    }),
    { numRuns: 2000 },
  );
});
