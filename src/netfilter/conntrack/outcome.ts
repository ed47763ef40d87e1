/** What a protocol's tracker says of a packet (nf_conntrack_handle_packet). */
export const Outcome = {
  /** It belongs to the connection. */
  accept: 0,
  /** It does not: INVALID. */
  invalid: 1,
  /** The old connection was killed: look it up again. */
  repeat: 2,
  drop: 3,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];
