import { expect, test } from "vitest";
import * as ipv4 from "../wire/ipv4.ts";
import * as ecn from "./ecn.ts";

const DSCP = 0xb8;

test("RFC 6040: the outer header copies ECN, but never tells of congestion that was met before", () => {
  expect([0, 1, 2, 3].map((inner) => ecn.encapsulate(DSCP | 3, 0x20 | inner))).toEqual([
    DSCP,
    DSCP | 1,
    DSCP | 2,
    DSCP | 2,
  ]);
});

test("RFC 6040: decapsulation, for every pair of inner and outer bits", () => {
  // Rows by inner bits (not ECT, ECT(1), ECT(0), CE), columns by outer; null: the packet is dropped.
  const expected = [
    [0, 0, 0, null],
    [1, 1, 1, 3],
    [2, 1, 2, 3],
    [3, 3, 3, 3],
  ];
  const view = new DataView(new ArrayBuffer(20));
  for (const [inner, row] of expected.entries()) {
    for (const [outer, result] of row.entries()) {
      ipv4.write(view, 0, DSCP | inner, 20, 7, 0, 64, 17, 0x0a000001, 0x0a000002);
      const accepted = ecn.decapsulate(view, 0, outer);
      expect(accepted).toBe(result !== null);
      expect(ipv4.tos(view, 0)).toBe(DSCP | (result ?? inner));
      expect(ipv4.isChecksumValid(view, 0)).toBe(true);
    }
  }
});
