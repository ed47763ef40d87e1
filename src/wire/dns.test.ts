import fc from "fast-check";
import { expect, test } from "vitest";
import * as dns from "./dns.ts";
import { build } from "./dns-build.ts";
import { labelsOf } from "./dns-name.ts";
import { parseOctets } from "./dns-parse.ts";

const octets = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

// The payloads of ground-truth/docker/pcaps/s02-dns.c3-lo.pcap.
const QUESTION = octets("ecf501000001000000000000 02633400 0001 0001");
const EMBEDDED = octets(
  "ecf581800001000100000000 02633400 0001 0001 02633400 0001 0001 00000258 0004 0a010003",
);
const FORWARDED = octets(
  "75bc85800001000100000000 03776562076578616d706c6500 0001 0001 c00c 0001 0001 00000000 0004 c633640a",
);
const UNKNOWN = octets("e0ef81830001000000000000 02633200 0001 0001");

test("questions and answers as they were recorded are read and written octet for octet", () => {
  const question = dns.query(0xecf5, "c4", dns.TYPE_A);
  expect(build(question)).toEqual(QUESTION);
  const answer = dns.reply(question, { recursionAvailable: true }, [
    dns.addressRecord("c4", 0x0a010003, 600),
  ]);
  expect(build(answer, { compress: false })).toEqual(EMBEDDED);
  const other = parseOctets(FORWARDED)!;
  expect(other.flags).toMatchObject({ response: true, authoritative: true, recursionAvailable: true });
  expect(other.answers).toEqual([dns.addressRecord("web.example", 0xc633640a | 0, 0)]);
  expect(build(other)).toEqual(FORWARDED);
  const unknown = parseOctets(UNKNOWN)!;
  expect(unknown.flags.rcode).toBe(dns.NXDOMAIN);
  expect(build(unknown)).toEqual(UNKNOWN);
});

test("every kind of record comes back as it was written, with and without pointers", () => {
  const records: dns.DnsRecord[] = [
    dns.nameRecord("www.example", dns.TYPE_CNAME, "web.example", 5),
    dns.nameRecord("3.0.1.10.in-addr.arpa", dns.TYPE_PTR, "c4.test-net", 600),
    {
      name: "example",
      type: dns.TYPE_MX,
      class: 1,
      ttl: 1,
      data: { kind: "mx", preference: 10, name: "mail.example" },
    },
    {
      name: "_x._tcp.example",
      type: dns.TYPE_SRV,
      class: 1,
      ttl: 1,
      data: { kind: "srv", priority: 1, weight: 2, port: 80, name: "web.example" },
    },
    { name: "t", type: dns.TYPE_TXT, class: 1, ttl: 0, data: { kind: "text", strings: ["a b", ""] } },
    {
      name: "example",
      type: dns.TYPE_SOA,
      class: 1,
      ttl: 9,
      data: { kind: "soa", name: "ns.example", mailbox: "root.example", numbers: [1, 2, 3, 4, 4294967295] },
    },
    {
      name: "six",
      type: dns.TYPE_AAAA,
      class: 1,
      ttl: 2,
      data: { kind: "address6", octets: new Uint8Array(16) },
    },
    {
      name: "",
      type: dns.TYPE_OPT,
      class: 1232,
      ttl: 0,
      data: { kind: "octets", octets: Uint8Array.of(0, 10) },
    },
  ];
  const message: dns.DnsMessage = { ...dns.query(1, "a\\.b.\\000c", 255), additionals: records };
  for (const compress of [true, false]) expect(parseOctets(build(message, { compress }))).toEqual(message);
  expect(build(message).length).toBeLessThan(build(message, { compress: false }).length);
  expect(dns.udpSize(message)).toBe(1232);
});

test("a name in other letters is no pointer to the first: its case is kept", () => {
  const question = dns.query(1, "c4", dns.TYPE_A);
  const answer = dns.reply(question, {}, [dns.addressRecord("C4", 0x0a010003, 600)]);
  expect(parseOctets(build(answer))).toEqual(answer);
});

test("names that are none are told from names", () => {
  expect(labelsOf("a.b.")).toEqual(["a", "b"]);
  expect(labelsOf("")).toEqual([]);
  for (const wrong of ["a..b", ".a", "x".repeat(64), `${"abcdefg.".repeat(32)}x`, "\\"])
    expect(labelsOf(wrong)).toBeNull();
  expect(dns.addressOfReverse("3.0.1.10.IN-ADDR.arpa")).toBe(0x0a010003);
  expect(dns.reverseName(0x0a010003)).toBe("3.0.1.10.in-addr.arpa");
  expect(dns.addressOfReverse("3.0.1.256.in-addr.arpa")).toBeNull();
});

test("no octets make the parser throw or read without end, and what it reads it can write and read again", () => {
  const seeds = [QUESTION, EMBEDDED, FORWARDED, UNKNOWN];
  fc.assert(
    fc.property(
      fc.nat(3),
      fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
      fc.nat(90),
      (which, changes, length) => {
        const bytes = seeds[which]!.slice(0, length);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const message = parseOctets(bytes);
        if (message !== null) expect(parseOctets(build(message))).toEqual(message);
      },
    ),
    { numRuns: 3000 },
  );
});

test("a text that is longer than its length can say is cut off, and what follows is still read", () => {
  const data = { kind: "text", strings: ["a".repeat(300), "b"] } as const;
  const long = { name: "x", type: dns.TYPE_TXT, class: dns.CLASS_IN, ttl: 1, data };
  const answer = dns.reply(dns.query(1, "x", dns.TYPE_TXT), {}, [long]);
  expect(parseOctets(build(answer))!.answers[0]!.data).toEqual({
    kind: "text",
    strings: ["a".repeat(255), "b"],
  });
});
