import { expect, test } from "vitest";
import type { Packet } from "../../sim/packet.ts";
import { MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import { Verdict } from "../../sim/verdict.ts";
import { World } from "../../sim/world.ts";
import type { DeviceDriver } from "../device-driver.ts";
import { DeviceSpec } from "../device-spec.ts";
import { Host } from "../host.ts";
import { Kernel } from "../kernel.ts";
import type { NetDevice } from "../net-device.ts";
import { CorrelatedRandom } from "./correlated-random.ts";
import { distributionTable } from "./delay-distribution.ts";
import type { NetemSettings } from "./netem.ts";
import { modify, type QdiscSettings, remove, rootKind } from "./root-qdisc.ts";

interface Sent {
  readonly at: Nanos;
  readonly number: number;
  readonly corrupted: boolean;
  readonly bits: number;
}

const plain: NetemSettings = {
  kind: "netem",
  limit: 1000,
  latency: 0,
  jitter: 0,
  gap: 0,
  loss: 0,
  duplicate: 0,
  correlations: null,
  lossModel: null,
  reorder: null,
  corrupt: null,
  rate: null,
  ecn: null,
  distribution: null,
};
const percent = (n: number): number => Math.round((n / 100) * 0xffffffff);

/** A device under a discipline, and what came out of it. */
class Bench {
  readonly world: World;
  readonly device: NetDevice;
  readonly sent: Sent[] = [];
  #number = 0;

  constructor(settings: QdiscSettings | null, seed = 1) {
    this.world = new World(seed);
    const driver: DeviceDriver = {
      kind: "test",
      transmit: (device, packet) => {
        let bits = 0;
        for (let i = 14; i < packet.length; i++) {
          for (let b = packet.view.getUint8(packet.at + i); b !== 0; b &= b - 1) bits++;
        }
        const number = packet.view.getUint32(packet.at);
        this.sent.push({ at: this.world.now, number, corrupted: packet.corrupted, bits });
        device.drop(packet, Verdict.DUMMY);
      },
      changed: () => {},
      link: () => null,
    };
    const host = new Host(this.world, new Kernel(), "a");
    this.device = host.root.addDevice("d0", driver, new DeviceSpec({}));
    this.device.setUp(true);
    if (settings !== null) modify(this.device, { verb: "add", handle: 0, settings });
  }

  /** Sends frames of so many bytes, each with its number in front and zeros behind. */
  send(count: number, length = 100): void {
    for (let i = 0; i < count; i++) {
      const packet: Packet = this.world.pool.allocate(length, null);
      packet.bytes.fill(0, packet.at, packet.at + length);
      packet.view.setUint32(packet.at, this.#number++);
      this.device.transmit(packet);
    }
  }

  get numbers(): number[] {
    return this.sent.map((s) => s.number);
  }
}

test("netem delays each frame by the same time and keeps their order", () => {
  const bench = new Bench({ ...plain, latency: 10 * MILLISECOND });
  bench.send(2);
  bench.world.advance(MILLISECOND);
  bench.send(1);
  expect(bench.world.held.map((h) => [h.name, h.length])).toEqual([["a/d0 netem queue", 3]]);
  bench.world.advance(SECOND);
  expect(bench.sent.map((s) => [s.number, s.at])).toEqual([
    [0, 10 * MILLISECOND],
    [1, 10 * MILLISECOND],
    [2, 11 * MILLISECOND],
  ]);
  expect(bench.device.qdisc!.stats).toMatchObject({ packets: 3, bytes: 300, drops: 0 });
  expect(bench.world.pool.inUse).toBe(0);
});

test("jitter spreads the delays over its whole range, and so frames overtake", () => {
  const bench = new Bench({ ...plain, latency: 10 * MILLISECOND, jitter: 5 * MILLISECOND, limit: 5000 });
  bench.send(2000);
  bench.world.advance(SECOND);
  const times = bench.sent.map((s) => s.at / MILLISECOND);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(bench.numbers).not.toEqual([...bench.numbers].sort((a, b) => a - b));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(5);
  expect(Math.min(...times)).toBeLessThan(5.1);
  expect(Math.max(...times)).toBeLessThan(15);
  expect(Math.max(...times)).toBeGreaterThan(14.9);
  expect(times.reduce((a, b) => a + b) / 2000).toBeCloseTo(10, 0);
});

test("normal and Pareto jitter have the spread that they are told", () => {
  for (const distribution of ["normal", "pareto", "paretonormal"] as const) {
    const settings = { ...plain, latency: 100 * MILLISECOND, jitter: 5 * MILLISECOND, limit: 9000 };
    const bench = new Bench({ ...settings, distribution });
    bench.send(5000);
    bench.world.advance(SECOND);
    const times = bench.sent.map((s) => s.at / MILLISECOND);
    const mean = times.reduce((a, b) => a + b) / times.length;
    expect(mean).toBeCloseTo(100, 0);
    const deviation = Math.sqrt(times.reduce((sum, t) => sum + (t - mean) ** 2, 0) / times.length);
    expect(deviation).toBeGreaterThan(3.8);
    expect(deviation).toBeLessThan(5.6);
  }
});

test("the tables agree with those that iproute2 installs, where its rounding allows", () => {
  const rows = (name: Parameters<typeof distributionTable>[0]): number[] =>
    [0, 1, 1000, 2048, 4000, 4095].map((row) => distributionTable(name)[row]!);
  // Taken from normal.dist, pareto.dist and paretonormal.dist.
  const real = {
    normal: [-32768, -28307, -5677, 0, 16285, 28858],
    pareto: [-5461, -5460, -4393, -2622, 21783, 32767],
    paretonormal: [-12305, -11171, -4714, -1966, 20408, 31789],
  };
  for (const name of ["normal", "pareto", "paretonormal"] as const) {
    for (const [i, value] of rows(name).entries())
      expect(Math.abs(value - real[name][i]!), `${name} ${i}`).toBeLessThanOrEqual(18);
  }
});

test("loss takes its share, says so, and does not change when jitter is added", () => {
  const bench = new Bench({ ...plain, loss: percent(20) });
  bench.send(5000);
  expect(bench.sent.length).toBeGreaterThan(3850);
  expect(bench.sent.length).toBeLessThan(4150);
  expect(bench.world.ends[Verdict.NETEM_LOSS]).toBe(5000 - bench.sent.length);
  expect(bench.device.qdisc!.stats.drops).toBe(5000 - bench.sent.length);
  const both = new Bench({ ...plain, limit: 9000, loss: percent(20), latency: SECOND, jitter: 1000 });
  both.send(5000);
  both.world.advance(2 * SECOND);
  expect([...both.numbers].sort((a, b) => a - b)).toEqual(bench.numbers);
  const other = new Bench({ ...plain, loss: percent(20) }, 2);
  other.send(5000);
  expect(other.numbers).not.toEqual(bench.numbers);
});

test("correlated losses come in runs", () => {
  const runs = (correlation: number): number => {
    const correlations = { delay: 0, loss: percent(correlation), duplicate: 0 };
    const bench = new Bench({ ...plain, loss: percent(50), correlations });
    bench.send(4000);
    return bench.numbers.filter((n, i) => n !== (bench.numbers[i - 1] ?? -1) + 1).length;
  };
  expect(runs(90)).toBeLessThan(runs(0) / 2);
});

test("get_crandom is exact in integers", () => {
  const drawn: number[] = [];
  const source = { next: () => drawn.push(Math.imul(drawn.length + 1, 0x9e3779b1) >>> 0) && drawn.at(-1)! };
  const random = new CorrelatedRandom(source as never);
  random.correlate(percent(37.5));
  let last = BigInt(drawn[0]!);
  const rho = BigInt(percent(37.5)) + 1n;
  for (let i = 0; i < 1000; i++) {
    const answer = random.next();
    last = (BigInt(drawn.at(-1)!) * ((1n << 32n) - rho) + last * rho) >> 32n;
    expect(answer).toBe(Number(last));
  }
});

test("loss models lose in bursts: as many as their states say", () => {
  // In the bad state all is lost; it is entered by 5% and left by 20%: a fifth of the time.
  const gilbert = new Bench({
    ...plain,
    lossModel: { model: "gemodel", p: percent(5), r: percent(20), h: 0, k1: 0 },
  });
  gilbert.send(10000);
  expect(gilbert.sent.length / 10000).toBeCloseTo(0.8, 1);
  const certain = new Bench({
    ...plain,
    lossModel: { model: "gemodel", p: 0xffffffff, r: 0, h: 0, k1: 0 },
  });
  certain.send(10);
  expect(certain.numbers).toEqual([0]);
  const four = new Bench({
    ...plain,
    lossModel: { model: "state", p13: percent(10), p31: percent(90), p32: 0, p23: 0xffffffff, p14: 0 },
  });
  four.send(10000);
  expect(four.sent.length / 10000).toBeCloseTo(0.9, 1);
});

test("each frame twice; a frame that is lost and repeated goes once", () => {
  const bench = new Bench({ ...plain, duplicate: 0xffffffff });
  bench.send(3);
  expect(bench.numbers).toEqual([0, 0, 1, 1, 2, 2]);
  const lossy = new Bench({ ...plain, duplicate: 0xffffffff, loss: 0xffffffff });
  lossy.send(3);
  expect(lossy.numbers).toEqual([0, 1, 2]);
  const mixed = new Bench({ ...plain, duplicate: 0xffffffff, latency: 100 * MILLISECOND, gap: 2 });
  mixed.send(3);
  mixed.world.advance(SECOND);
  expect(mixed.numbers).toEqual([0, 1, 2, 0, 1, 2]);
});

test("reordering sends each so manieth frame at once", () => {
  const bench = new Bench({ ...plain, latency: 10 * MILLISECOND, gap: 3 });
  bench.send(7);
  bench.world.advance(SECOND);
  expect(bench.numbers).toEqual([2, 5, 0, 1, 3, 4, 6]);
  expect(bench.device.qdisc!.stats.requeues).toBe(2);
});

test("corruption turns one bit over and marks the frame", () => {
  const bench = new Bench({ ...plain, corrupt: { probability: 0xffffffff, correlation: 0 } });
  bench.send(300);
  expect(bench.sent.every((s) => s.corrupted && s.bits <= 1)).toBe(true);
  expect(bench.sent.filter((s) => s.bits === 1).length).toBeGreaterThan(200);
});

test("a rate lets frames go one after the other, and uses up the delay meanwhile", () => {
  const rate = { rate: 125_000, packetOverhead: 0, cellSize: 0, cellOverhead: 0 };
  const bench = new Bench({ ...plain, rate });
  bench.send(3, 125);
  bench.world.advance(SECOND);
  expect(bench.sent.map((s) => s.at / MILLISECOND)).toEqual([1, 2, 3]);
  const cells = { rate: 53_000, packetOverhead: 8, cellSize: 48, cellOverhead: 5 };
  const atm = new Bench({ ...plain, rate: cells, latency: 5 * MILLISECOND });
  atm.send(3, 100); // 108 bytes are three cells of 53
  atm.world.advance(SECOND);
  expect(atm.sent.map((s) => s.at / MILLISECOND)).toEqual([8, 11, 14]);
});

test("what is beyond the limit is dropped, and what waits when the device goes down", () => {
  const bench = new Bench({ ...plain, latency: SECOND, limit: 4 });
  bench.send(6);
  expect(bench.world.ends[Verdict.QDISC_DROP]).toBe(2);
  bench.device.setUp(false);
  expect(bench.world.ends[Verdict.QDISC_DROP]).toBe(6);
  expect(bench.world.held).toEqual([]);
  bench.device.setUp(true);
  bench.send(3);
  remove(bench.device, 0, null);
  expect(bench.world.ends[Verdict.QDISC_DROP]).toBe(9);
  bench.world.advance(10 * SECOND);
  expect(bench.sent).toEqual([]);
  expect(bench.world.pool.inUse).toBe(0);
});

test("a token bucket lets a burst through and then keeps to its rate", () => {
  const bench = new Bench({ kind: "tbf", rate: 10_000, burst: 1000, limit: 3000 });
  bench.send(41);
  bench.world.advance(SECOND);
  // Ten frames at once, then one each ten milliseconds; thirty may wait. So did Linux 6.1, to the last counter.
  expect(bench.sent.map((s) => s.at / MILLISECOND)).toEqual([
    ...new Array<number>(10).fill(0),
    ...Array.from({ length: 30 }, (_, i) => 10 * (i + 1)),
  ]);
  expect(bench.device.qdisc!.stats).toMatchObject({ packets: 40, bytes: 4000, drops: 1, overlimits: 60 });
  bench.send(1, 1001);
  expect(bench.world.ends[Verdict.QDISC_DROP]).toBe(2);
  expect(bench.world.pool.inUse).toBe(0);
});

test("root disciplines are made, changed and refused in the kernel's words", () => {
  const bench = new Bench(null);
  const { device } = bench;
  const pfifo = { kind: "pfifo", limit: 10 } as const;
  expect(rootKind(device)).toBe("noqueue");
  const refused = (
    verb: "add" | "change" | "replace",
    handle: number,
    settings: QdiscSettings | null,
  ): string => {
    try {
      modify(device, { verb, handle, settings });
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  expect(refused("change", 0, plain)).toBe("Qdisc not found. To create specify NLM_F_CREATE flag");
  expect(refused("add", 0, null)).toBe("Specified qdisc kind is unknown");
  modify(device, { verb: "add", handle: 0, settings: plain });
  expect(device.qdisc!.handle).toBe(0x8001);
  expect(refused("add", 0, plain)).toBe("Exclusivity flag on, cannot modify");
  expect(refused("add", 2, plain)).toBe("NLM_F_REPLACE needed to override");
  expect(refused("replace", 0x8001, pfifo)).toBe("Invalid qdisc name");
  modify(device, { verb: "replace", handle: 0, settings: pfifo });
  expect([device.qdisc!.kind, device.qdisc!.handle]).toEqual(["pfifo", 0x8002]);
  expect(() => remove(device, 9, null)).toThrow("Invalid handle");
  expect(() => remove(device, 0, "netem")).toThrow("Invalid qdisc name");
  device.setUp(false);
  remove(device, 0, null);
  expect(rootKind(device)).toBe("noop");
  expect(() => remove(device, 0, null)).toThrow("Cannot delete qdisc with handle of zero");
});
