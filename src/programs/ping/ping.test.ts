import { expect, test } from "vitest";
import { millis, PingStatistics, tripTime } from "./ping-statistics.ts";

test("round trips have the digits that iputils gives them", () => {
  expect([0, 45, 999, 1000, 1204, 9960, 10_240, 99_960, 150_212].map(tripTime)).toEqual([
    "0.000",
    "0.045",
    "0.999",
    "1.00",
    "1.20",
    "9.96",
    "10.2",
    "100",
    "150",
  ]);
  expect(millis(42_103)).toBe("42.103");
});

test("the summary says what the real one says", () => {
  const statistics = new PingStatistics();
  for (const micros of [134, 58, 63]) {
    statistics.sent();
    statistics.time(micros);
    statistics.reply(statistics.transmitted);
  }
  statistics.sent();
  statistics.reply(3);
  statistics.time(63);
  statistics.acknowledge(4);
  statistics.errors++;
  expect(statistics.summary("10.3.0.5", 3_004_600_000, { timing: true, perGap: false })).toBe(
    "\n--- 10.3.0.5 ping statistics ---\n" +
      "4 packets transmitted, 3 received, +1 duplicates, +1 errors, 25% packet loss, time 3005ms\n" +
      "rtt min/avg/max/mdev = 0.058/0.079/0.134/0.031 ms, pipe 2\n",
  );
});

test("a loss is printed with six digits", () => {
  const statistics = new PingStatistics();
  for (let i = 0; i < 3; i++) statistics.sent();
  statistics.reply(1);
  expect(statistics.summary("h", 0, { timing: false, perGap: false })).toContain(
    ", 66.6667% packet loss, time 0ms\npipe 3\n",
  );
});
