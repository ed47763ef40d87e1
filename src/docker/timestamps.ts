import { EPOCH_SECONDS, type Nanos, SECOND } from "../sim/time.ts";
import { BadValue, parseDuration } from "./go-parse.ts";

/** The zero of Go's `time.Time`, which the API prints for what has not happened. */
export const NEVER = "0001-01-01T00:00:00Z";

/** Seconds since 1970. */
export function unixSeconds(at: Nanos): number {
  return EPOCH_SECONDS + Math.floor(at / SECOND);
}

/** RFC 3339 with as many digits of the second as it has, at most nine, as Go's RFC3339Nano prints it. */
export function rfc3339(at: Nanos): string {
  const whole = new Date(unixSeconds(at) * 1000).toISOString().slice(0, 19);
  const fraction = String(at % SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  return `${whole}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** A stretch of time in words, as docker/go-units' HumanDuration says it. @param seconds whole ones or not */
export function humanDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 1) return "Less than a second";
  if (whole === 1) return "1 second";
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(seconds / 3600 / 24 / 365)} years`;
}

/**
 * An instant as `--since`, `--until` and the filter `until` take it: a duration before now, seconds since 1970, or a date.
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
