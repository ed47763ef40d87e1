import { EPOCH_SECONDS, type Nanos, SECOND } from "../sim/time.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The time of day as ctime(3) prints it, without the line's end: `Thu Jan  1 00:00:00 2026`. */
export function ctime(now: Nanos): string {
  const date = new Date((EPOCH_SECONDS + Math.floor(now / SECOND)) * 1000);
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = `${date.getUTCDate()}`.padStart(2);
  return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${day} ${clock} ${date.getUTCFullYear()}`;
}
