/** How a destination gets its packets (IP_VS_CONN_F_FWD_MASK). */
export const ForwardMethod = { masquerade: 0, local: 1, tunnel: 2, route: 3, bypass: 4 } as const;
export type ForwardMethod = (typeof ForwardMethod)[keyof typeof ForwardMethod];

/** Bits of a connection (IP_VS_CONN_F_*), without the method. */
export const ConnectionFlag = {
  /** It stands for the bond of a client to a destination, not for packets. */
  template: 1,
  /** Counted among the inactive ones of its destination. */
  inactive: 2,
  /** The answers do not pass here. */
  noOutput: 4,
  /** It lives for one packet only. */
  onePacket: 8,
  /** Connection tracking goes on with its packets (net.ipv4.vs.conntrack). */
  tracked: 16,
} as const;
