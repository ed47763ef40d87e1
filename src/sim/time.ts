/** Simulated nanoseconds since the world began. A double: exact to about 104 days. */
export type Nanos = number;

/** Nanoseconds of a microsecond. */
export const MICROSECOND: Nanos = 1_000;
/** Nanoseconds of a millisecond. */
export const MILLISECOND: Nanos = 1_000_000;
/** Nanoseconds of a second. */
export const SECOND: Nanos = 1_000_000_000;

/** The time of day when every world begins: 2026-01-01 00:00:00 UTC, in seconds since 1970. */
export const EPOCH_SECONDS = 1_767_225_600;
