/** Small facts that many of TCP's modules share. */

/** The initial congestion window (RFC 6928, TCP_INIT_CWND). */
export const INITIAL_WINDOW = 10;
/** No slow start threshold yet (TCP_INFINITE_SSTHRESH). */
export const NO_THRESHOLD = 0x7fffffff;
/** What TCP takes the other end's largest segment to be when it has not said (RFC 9293, 3.7.1). */
export const DEFAULT_MSS = 536;

/** The largest window that a header can tell of without scaling. */
export const WINDOW_MAX = 65535;

/**
 * So many duplicate acknowledgments mean a loss where there is no SACK, and so many go out at once before they are
 * gathered (TCP_FASTRETRANS_THRESH).
 */
export const DUPLICATE_ACKS = 3;

/** What the retransmission timer is armed for (ICSK_TIME_*). */
export const Pending = { none: 0, retransmit: 1, windowProbe: 2, lossProbe: 3, reorder: 4 } as const;
export type Pending = (typeof Pending)[keyof typeof Pending];

/** The congestion state machine (enum tcp_ca_state). */
export const Congestion = { open: 0, disorder: 1, reduced: 2, recovery: 3, loss: 4 } as const;
export type Congestion = (typeof Congestion)[keyof typeof Congestion];

/** Why an acknowledgment is owed (ICSK_ACK_*), as bits. */
export const Owed = { scheduled: 1, timer: 2, pushed: 4, pushed2: 8, now: 16 } as const;
