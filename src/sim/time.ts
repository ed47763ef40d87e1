/** Simulated nanoseconds since the world began. A double: exact to about 104 days. */
export type Nanos = number;

/** Nanoseconds of a microsecond. */
export const MICROSECOND: Nanos = 1_000;
/** Nanoseconds of a millisecond. */
export const MILLISECOND: Nanos = 1_000_000;
/** Nanoseconds of a second. */
export const SECOND: Nanos = 1_000_000_000;
