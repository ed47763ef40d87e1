import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matches } from "./filter.ts";
import { type FilterOptions, parseFilter } from "./filter-parser.ts";

function view(hex: string): DataView {
  const bytes = Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (byte) =>
    Number.parseInt(byte, 16),
  );
  return new DataView(bytes.buffer);
}

const PING_HEAD = "02420a030005 02420a030002 0800 4500001c 00004000 400126d5 0a030002 0a030005";
const PING = view(`${PING_HEAD} 0800f7f7 00070001`);
const TAGGED = view(`02420a030005 02420a030002 8100 000a ${PING_HEAD.slice(26)} 0800f7f7 00070001`);
const VXLAN = view(
  `5254000a0010 5254000a000f 0800 4500004e 00000000 4011 0000 ac0a000f ac0a0010 9c40 12b5 003a 0000
   08000000 00006400 ${PING_HEAD} 0800f7f7 00070001`,
);

function passes(expression: string, frame: DataView, options: FilterOptions = {}): boolean {
  const result = parseFilter(expression, options);
  if (!result.ok) throw new Error(result.message);
  return matches(result.filter, frame, 0, frame.byteLength);
}

test.each([
  ["", PING, true],
  ["icmp", PING, true],
  ["icmp", VXLAN, false],
  ["udp port 4789", VXLAN, true],
  ["host 10.3.0.2 or 10.3.0.9", PING, true],
  ["src host 10.3.0.5", PING, false],
  ["net 10.3.0.0/16 and not arp", PING, true],
  ["ether dst 02:42:0a:03:00:05", PING, true],
  ["icmp[icmptype] == icmp-echo", PING, true],
  ["less 42", PING, true],
  ["greater 43", PING, false],
  ["icmp", TAGGED, false],
  ["vlan 10 and icmp", TAGGED, true],
  ["vlan 11", TAGGED, false],
  ["vxlan", VXLAN, true],
  ["vxlan 100", VXLAN, true],
  ["vxlan 101", VXLAN, false],
  ["vxlan 100 and icmp and host 10.3.0.5", VXLAN, true],
  ["host 172.10.0.16 and vxlan and ether src 02:42:0a:03:00:02", VXLAN, true],
  ["vxlan and host 172.10.0.16", VXLAN, false],
  ["vxlan", PING, false],
])("%j", (expression, frame, expected) => expect(passes(expression, frame)).toBe(expected));

describe("what the place gives", () => {
  test("a netmask for ip broadcast", () => {
    const toBroadcast = view(`02420a030005 02420a030002 0800 4500001c 00004000 400126d5 0a030002 0a0300ff`);
    expect(passes("ip broadcast", toBroadcast)).toBe(false);
    expect(passes("ip broadcast", toBroadcast, { netmask: 0xffffff00 | 0 })).toBe(true);
  });

  test("names of hosts", () => {
    const resolve = (name: string) => (name === "c2" ? [0x0a030005] : []);
    expect(passes("dst host c2", PING, { resolve })).toBe(true);
    expect(parseFilter("host c3", { resolve })).toEqual({ ok: false, message: "unknown host 'c3'" });
  });
});

test.each([
  ["tcp or", "can't parse filter expression: syntax error"],
  ["less 5 and foo", "syntax error in filter expression"],
  ["vlan 5000", "VLAN tag 5000 greater than maximum 4095"],
  ["vxlan 99999999", "VXLAN VNI 99999999 greater than maximum 16777215"],
  ["net 10.0.0.1/24", 'non-network bits set in "10.0.0.1/24"'],
])("%j is refused", (expression, message) => expect(parseFilter(expression)).toEqual({ ok: false, message }));

test("random texts and random bytes never throw", () => {
  const words =
    "host src dst net port vlan vxlan 10.3.0.2 and or not ( ) ip [ ] 0x5 tcp : ! / - len = 02:42:: \\icmp".split(
      " ",
    );
  const soup = fc.array(fc.constantFrom(...words), { maxLength: 9 }).map((list) => list.join(" "));
  fc.assert(
    fc.property(fc.oneof(fc.string(), soup), fc.uint8Array({ maxLength: 60 }), (text, bytes) => {
      const result = parseFilter(text);
      if (result.ok) matches(result.filter, new DataView(bytes.buffer), 0, bytes.length);
      else expect(result.message).not.toBe("");
    }),
    { numRuns: 5000 },
  );
});
