import { EPOCH_SECONDS, type Nanos, SECOND } from "../sim/time.ts";

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

/** A stretch of time in words, as docker/go-units' HumanDuration says it. */
export function humanDuration(nanos: Nanos): string {
  const seconds = Math.floor(nanos / SECOND);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
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
