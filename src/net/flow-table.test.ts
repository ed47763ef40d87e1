import { expect, test } from "vitest";
import { Flow } from "./flow.ts";
import { FlowTable } from "./flow-table.ts";

const CLIENT = 0x0a000001;

test("who is sent to once shares a flow with others; the second packet gets one of its own, which stays", () => {
  const shared = new Flow();
  const table = new FlowTable(shared);
  for (let port = 1; port <= 1000; port++) expect(table.find(1, CLIENT, port)).toBe(shared);
  const flows = Array.from({ length: 1000 }, (_, i) => table.find(1, CLIENT, i + 1));
  expect(new Set(flows).size).toBe(1000);
  expect(flows).not.toContain(shared);
  for (let port = 1; port <= 1000; port++) expect(table.find(1, CLIENT, port)).toBe(flows[port - 1]);
  expect(table.find(1, CLIENT + 1, 1)).toBe(shared);
});

test("flows end with the generation", () => {
  const shared = new Flow();
  const table = new FlowTable(shared);
  table.find(1, CLIENT, 7);
  const flow = table.find(1, CLIENT, 7);
  expect(table.find(2, CLIENT, 7)).toBe(shared);
  expect(table.find(2, CLIENT, 7)).not.toBe(flow);
});

test("however many there are, a bound holds, and who asks but once takes no other's place", () => {
  const shared = new Flow();
  const table = new FlowTable(shared);
  const known = (): Flow[] => Array.from({ length: 64 }, (_, i) => table.find(1, CLIENT, i + 1));
  known();
  const flows = known();
  const strangers = new Set<Flow>();
  for (let address = 1; address <= 50_000; address++) strangers.add(table.find(1, address, 9));
  expect([...strangers]).toEqual([shared]);
  expect(known().every((flow, i) => flow === flows[i])).toBe(true);
  // Who asks twice gets a flow, and somebody else gives up his.
  const made = new Set<Flow>();
  for (let address = 1; address <= 20_000; address++) {
    table.find(1, address, 9);
    made.add(table.find(1, address, 9));
  }
  expect(made.size).toBe(20_000);
  let kept = 0;
  for (let address = 1; address <= 20_000; address++) if (made.has(table.find(1, address, 9))) kept++;
  expect(kept).toBeLessThanOrEqual(8192);
  expect(kept).toBeGreaterThan(1000);
});
