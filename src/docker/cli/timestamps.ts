import { EPOCH_SECONDS, type Nanos, SECOND } from "../../sim/time.ts";

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
