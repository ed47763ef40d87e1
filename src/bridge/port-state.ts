/** A port's spanning tree state (BR_STATE_*), as `/sys/class/net/PORT/brport/state` has it. */
export const PortState = { disabled: 0, listening: 1, learning: 2, forwarding: 3, blocking: 4 } as const;
export type PortState = (typeof PortState)[keyof typeof PortState];

/** The words of `bridge link`. */
export const portStateNames: readonly string[] = [
  "disabled",
  "listening",
  "learning",
  "forwarding",
  "blocking",
];
