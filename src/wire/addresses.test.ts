import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as ipv4Address from "./ipv4-address.ts";
import * as ipv6 from "./ipv6.ts";
import * as mac from "./mac.ts";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("IPv4 addresses", () => {
  test("text and number are inverse", () => {
    fc.assert(
      fc.property(int32, (address) => {
        expect(ipv4Address.parse(ipv4Address.format(address))).toBe(address);
      }),
    );
    expect(ipv4Address.format(-1)).toBe("255.255.255.255");
    expect(ipv4Address.parse("10.3.0.2")).toBe(0x0a030002);
  });

  test.each(["", "10", "10.3.0", "10.3.0.256", "10.3.0.2.1", "10.3.0.02", " 10.3.0.2", "a.b.c.d", "10.3..2"])(
    "%j is not an address",
    (text) => expect(ipv4Address.parse(text)).toBeNull(),
  );

  test("prefixes", () => {
    expect(ipv4Address.parsePrefix("10.3.0.2/24")).toEqual({ address: 0x0a030002, length: 24 });
    expect(ipv4Address.parsePrefix("10.3.0.2")).toEqual({ address: 0x0a030002, length: 32 });
    for (const text of ["10.3.0.2/33", "10.3.0.2/", "10.3.0.2/-1", "10.3.0.2/x", "/24"]) {
      expect(ipv4Address.parsePrefix(text)).toBeNull();
    }
    expect(ipv4Address.netmask(0)).toBe(0);
    expect(ipv4Address.format(ipv4Address.netmask(20))).toBe("255.255.240.0");
    for (let length = 0; length <= 32; length++) {
      expect(ipv4Address.prefixLength(ipv4Address.netmask(length))).toBe(length);
    }
    expect(ipv4Address.prefixLength(0x00ffffff)).toBeNull();
    expect(ipv4Address.formatPrefix(ipv4Address.network(0x0a030002, 24), 24)).toBe("10.3.0.0/24");
    expect(ipv4Address.format(ipv4Address.broadcast(0x0a030002, 24))).toBe("10.3.0.255");
    expect(ipv4Address.contains(0x0a030000, 24, 0x0a0300ff)).toBe(true);
    expect(ipv4Address.contains(0x0a030000, 24, 0x0a030100)).toBe(false);
    expect(ipv4Address.contains(0, 0, -1)).toBe(true);
  });

  test("kinds", () => {
    const of = (text: string) => ipv4Address.parse(text)!;
    expect(ipv4Address.isMulticast(of("239.1.1.1"))).toBe(true);
    expect(ipv4Address.isMulticast(of("240.0.0.0"))).toBe(false);
    expect(ipv4Address.isLocalMulticast(of("224.0.0.22"))).toBe(true);
    expect(ipv4Address.isLocalMulticast(of("224.0.1.0"))).toBe(false);
    expect(ipv4Address.isLoopback(of("127.255.0.1"))).toBe(true);
    expect(ipv4Address.compare(of("10.0.0.1"), of("200.0.0.1"))).toBeLessThan(0);
  });
});

describe("MAC addresses", () => {
  test("text and numbers are inverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), int32, (hi, lo) => {
        expect(mac.parse(mac.format(hi, lo))).toEqual({ hi, lo });
      }),
    );
    expect(mac.parse("2:42:a:3:0:2")).toEqual({ hi: 0x0242, lo: 0x0a030002 });
    for (const text of [
      "",
      "02:42:0a:03:00",
      "02:42:0a:03:00:2g",
      "02-42-0a-03-00-02",
      "002:42:0a:03:00:02",
    ]) {
      expect(mac.parse(text)).toBeNull();
    }
  });

  test("kinds", () => {
    expect(mac.isBroadcast(0xffff, -1)).toBe(true);
    expect(mac.isBroadcast(0xffff, -2)).toBe(false);
    expect(mac.isMulticast(mac.IPV4_MULTICAST_HI)).toBe(true);
    expect(mac.isMulticast(0x0242)).toBe(false);
    expect(mac.isValidUnicast(0, 0)).toBe(false);
    const bridgeGroup = mac.parse("01:80:c2:00:00:0e")!;
    expect(mac.isLinkLocal(bridgeGroup.hi, bridgeGroup.lo)).toBe(true);
    expect(mac.isLinkLocal(bridgeGroup.hi, bridgeGroup.lo + 2)).toBe(false);
    expect(mac.format(mac.IPV4_MULTICAST_HI, mac.multicastLo(ipv4Address.parse("239.129.1.2")!))).toBe(
      "01:00:5e:01:01:02",
    );
  });

  test("order is by unsigned value", () => {
    expect(mac.compare(1, 0, 0, -1)).toBeGreaterThan(0);
    expect(mac.compare(1, -1, 1, 1)).toBeGreaterThan(0);
    expect(mac.compare(1, 1, 1, 1)).toBe(0);
  });
});

test.each([
  [[0, 0, 0, 0, 0, 0, 0, 0], "::"],
  [[0, 0, 0, 0, 0, 0, 0, 1], "::1"],
  [[0xfe80, 0, 0, 0, 0x42, 0xaff, 0xfe03, 2], "fe80::42:aff:fe03:2"],
  [[0xff02, 0, 0, 0, 0, 0, 0, 0x16], "ff02::16"],
  [[0x2001, 0xdb8, 0, 1, 0, 0, 0, 0], "2001:db8:0:1::"],
  [[0, 0, 0, 0, 0, 0xffff, 0x0a03, 2], "::ffff:10.3.0.2"],
  [[1, 0, 3, 4, 5, 6, 7, 8], "1:0:3:4:5:6:7:8"],
])("the IPv6 address %j is %s", (groups, text) => expect(ipv6.formatGroups(groups)).toBe(text));
