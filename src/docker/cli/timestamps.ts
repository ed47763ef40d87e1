import { EPOCH_SECONDS, type Nanos, SECOND } from "../../sim/time.ts";
import { BadValue, parseDuration } from "./go-values.ts";

/** `2026-01-01 00:00:07 +0000 UTC`. @param seconds since 1970 */
export function secondsText(seconds: number): string {
  return `${rfc3339(seconds).replace("T", " ").replace("Z", "")} +0000 UTC`;
}

/** `2026-01-01T00:00:07Z`. @param seconds since 1970 */
export function rfc3339(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace(".000Z", "Z");
}

/** `2026-01-01T00:00:07.123456789Z`. @param at in virtual nanoseconds */
export function rfc3339Nanos(at: Nanos): string {
  const seconds = Math.floor(at / SECOND);
  const nanos = String(Math.round(at - seconds * SECOND)).padStart(9, "0");
  return rfc3339(EPOCH_SECONDS + seconds).replace("Z", `.${nanos}Z`);
}

/**
 * An instant as `--since` and `--until` take it: a duration before now, seconds since 1970, or a date.
 * @returns virtual nanoseconds, before the world's beginning negative; null when the text is none of these
 */
export function instantOf(text: string, now: Nanos): Nanos | null {
  if (/^[+-]?[0-9.]+(ns|us|µs|ms|s|m|h)/.test(text)) {
    try {
      return now - parseDuration(text);
    } catch (error) {
      if (error instanceof BadValue) return null;
      throw error;
    }
  }
  if (/^\d+(\.\d+)?$/.test(text)) return (Number(text) - EPOCH_SECONDS) * SECOND;
  const found = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(
    text,
  );
  if (found === null) return null;
  const [, day, hour = "00", minute = "00", second = "00", zone = "Z"] = found;
  const whole = Date.parse(`${day}T${hour}:${minute}:${second.slice(0, 2)}${zone}`);
  if (Number.isNaN(whole)) return null;
  return (whole / 1000 - EPOCH_SECONDS) * SECOND + Number(`0${second.slice(2) || ".0"}`) * SECOND;
}
