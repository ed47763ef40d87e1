import { floatText } from "../templates/go-format.ts";

/** Times and sizes as docker/go-units writes them for people. */

/** @param seconds that something lasted */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < 1) return "Less than a second";
  if (whole === 1) return "1 second";
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(seconds / 3600) / 24 / 365)} years`;
}

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** `5.54MB` */
export function humanSize(bytes: number, precision = 4): string {
  return sized(bytes, 1000, DECIMAL, precision);
}

/** `15.5GiB` */
export function bytesSize(bytes: number): string {
  return sized(bytes, 1024, BINARY, 4);
}

function sized(bytes: number, base: number, units: readonly string[], precision: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= base && unit < units.length - 1) {
    size /= base;
    unit++;
  }
  return floatText(size, "g", precision) + units[unit]!;
}
