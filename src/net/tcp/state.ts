/** The states of a connection (RFC 9293, 3.3.2), numbered as Linux numbers them: /proc/net/tcp shows them in hex. */
export const TcpState = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
} as const;
export type TcpState = (typeof TcpState)[keyof typeof TcpState];

/** Whether data may still be sent in this state, and whether data may still arrive. */
export function maySend(state: TcpState): boolean {
  return state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT;
}
