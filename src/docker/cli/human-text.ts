import { floatText } from "../templates/go-format.ts";

/** Sizes as docker/go-units writes them for people. */

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
