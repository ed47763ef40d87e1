import type { NetDevice } from "../net/net-device.ts";
import type { JsonObject } from "./json.ts";

interface Stats {
  readonly rx: readonly number[];
  readonly tx: readonly number[];
  readonly transns: number;
}

function statsOf(device: NetDevice): Stats {
  const c = device.counters;
  return {
    rx: [c.rxBytes, c.rxPackets, c.rxErrors, c.rxDropped, 0].concat(c.multicast),
    tx: [c.txBytes, c.txPackets, c.txErrors, c.txDropped].concat(c.carrierErrors, 0),
    transns: device.carrierChanges,
  };
}

/** What iproute2 makes of a number with `-h`: three digits or four, then k, M, G ... */
function human(value: number): string {
  const powers = ["", "k", "M", "G", "T", "P"];
  let power = 0;
  let rest = value;
  while (rest >= 1000 && power < powers.length - 1) {
    rest /= 1000;
    power++;
  }
  if (power === 0) return `${value}`;
  return `${rest >= 100 ? Math.round(rest) : rest.toPrecision(3)}${powers[power]}`;
}

/** The lines of `ip -s link`, without a newline at the end; a second `-s` adds the errors in detail. */
export function statsText(device: NetDevice, level: number, newline: string, humanReadable: boolean): string {
  const { rx, tx, transns } = statsOf(device);
  const print = (value: number): string => (humanReadable ? human(value) : `${value}`);
  const widths = [10, 7, 6, 7, 7, 7].map((width, i) =>
    Math.max(
      width,
      print(rx[i]!).length,
      print(tx[i]!).length,
      level > 1 && i === 5 ? `${transns}`.length : 0,
    ),
  );
  const row = (values: readonly number[]): string =>
    `    ${values.map((value, i) => `${print(value).padStart(widths[i]!)} `).join("")}`;
  const head = (name: string, ...columns: readonly string[]): string =>
    `    ${name}${columns.map((c, i) => c.padStart(i === 0 ? widths[0]! - name.length : widths[i]!)).join(" ")}`;
  const details = (name: string, columns: readonly string[], values: readonly number[]): string[] =>
    level < 2
      ? []
      : [
          `    ${name.padEnd(widths[0]!)} ${columns.map((c, i) => c.padStart(widths[i + 1]!)).join(" ")}`,
          `    ${" ".repeat(widths[0]!)} ${values.map((v, i) => `${`${v}`.padStart(widths[i + 1]!)} `).join("")}`,
        ];
  return [
    `${head("RX:", "bytes", "packets", "errors", "dropped", "missed", "mcast")}${" ".repeat(11)}`,
    row(rx),
    ...details("RX errors:", ["length", "crc", "frame", "fifo", "overrun"], [0, 0, 0, 0, 0]),
    `${head("TX:", "bytes", "packets", "errors", "dropped", "carrier", "collsns")}${" ".repeat(11)}`,
    row(tx),
    ...details("TX errors:", ["aborted", "fifo", "window", "heartbt", "transns"], [0, 0, 0, 0, transns]),
  ].join(newline);
}

/** The same as JSON (`stats64`). */
export function statsJson(device: NetDevice, level: number): JsonObject {
  const { rx, tx, transns } = statsOf(device);
  const detailed = level > 1;
  return {
    rx: {
      bytes: rx[0]!,
      packets: rx[1]!,
      errors: rx[2]!,
      dropped: rx[3]!,
      over_errors: 0,
      multicast: rx[5]!,
      ...(detailed
        ? { length_errors: 0, crc_errors: 0, frame_errors: 0, fifo_errors: 0, missed_errors: 0 }
        : {}),
    },
    tx: {
      bytes: tx[0]!,
      packets: tx[1]!,
      errors: tx[2]!,
      dropped: tx[3]!,
      carrier_errors: tx[4]!,
      collisions: 0,
      ...(detailed
        ? {
            aborted_errors: 0,
            fifo_errors: 0,
            window_errors: 0,
            heartbeat_errors: 0,
            carrier_changes: transns,
          }
        : {}),
    },
  };
}
