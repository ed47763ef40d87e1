import * as tcp from "../wire/tcp.ts";

/** States of a TCP connection as a director sees it, in the kernel's order (IP_VS_TCP_S_*). */
export const TcpState = {
  none: 0,
  established: 1,
  synSent: 2,
  synRecv: 3,
  finWait: 4,
  timeWait: 5,
  close: 6,
  closeWait: 7,
  lastAck: 8,
  listen: 9,
  synAck: 10,
} as const;
export type TcpState = (typeof TcpState)[keyof typeof TcpState];

const names = [
  "NONE",
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "SYNACK",
];

export function tcpStateName(state: number): string {
  return names[state]!;
}

/** Seconds that a connection is kept in each state. */
export const TCP_TIMEOUTS: readonly number[] = [2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120];

/** From which side a segment comes; `alone` when the answers do not pass here. */
export const Direction = { input: 0, output: 1, alone: 2 } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

/**
 * Where each state goes, by two letters, for a SYN, FIN, ACK and RST: NO ES SS SR FW TW CL CW LA LI SA, the order of
 * {@link TcpState} (net/netfilter/ipvs/ip_vs_proto_tcp.c).
 */
const LETTERS: readonly string[] = ["NO", "ES", "SS", "SR", "FW", "TW", "CL", "CW", "LA", "LI", "SA"];
const ORDINARY: readonly (readonly string[])[] = [
  ["SRESESSRSRSRSRSRSRSRSR", "CLCWSSTWTWTWCLCWLALITW", "ESESSSESFWTWCLCWCLLIES", "CLCLCLSRCLCLCLCLLALISR"],
  ["SSESSSSRSSSSSSSSSSLISR", "TWFWSSTWFWTWCLTWLALITW", "ESESSSESFWTWCLCWLAESES", "CLCLSSCLCLTWCLCLCLCLCL"],
  ["SRESESSRSRSRSRSRSRSRSR", "CLFWSSTWFWTWCLCWLALITW", "ESESSSESFWTWCLCWCLLIES", "CLCLCLSRCLCLCLCLLALICL"],
];
/** With `secure_tcp` a SYN is no reason to believe much. */
const SECURE: readonly (readonly string[])[] = [
  ["SRESESSRSRSRSRSRSRSRSA", "CLCWSSTWTWTWCLCWLALISA", "ESESSSSRFWTWCLCWCLLISA", "CLCLCLSRCLCLCLCLLALICL"],
  ["SSESSSSASSSSSSSSSSLISA", "TWFWSSTWFWTWCLTWLALITW", "ESESSSESFWTWCLCWLAESES", "CLCLSSCLCLTWCLCLCLCLCL"],
  ["SAESESSRSASASASASASASA", "CLFWSSTWFWTWCLCWLALITW", "ESESSSESFWTWCLCWCLLIES", "CLCLCLSRCLCLCLCLLALICL"],
];

function unfold(rows: readonly (readonly string[])[]): Uint8Array {
  const table = new Uint8Array(3 * 4 * 11);
  rows.flat().forEach((row, i) => {
    for (let state = 0; state < 11; state++)
      table[i * 11 + state] = LETTERS.indexOf(row.slice(2 * state, 2 * state + 2));
  });
  return table;
}

const ordinary: Uint8Array = unfold(ORDINARY);
const secure: Uint8Array = unfold(SECURE);

/** The state after a segment with these flags of its header; one without any closes (set_tcp_state). */
export function nextTcpState(state: number, direction: Direction, flags: number, isSecure: boolean): number {
  let event: number;
  if ((flags & tcp.RST) !== 0) event = 3;
  else if ((flags & tcp.SYN) !== 0) event = 0;
  else if ((flags & tcp.FIN) !== 0) event = 1;
  else if ((flags & tcp.ACK) !== 0) event = 2;
  else return TcpState.close;
  return (isSecure ? secure : ordinary)[(direction * 4 + event) * 11 + state]!;
}

/** Whether a connection in this state counts among the active ones of its destination. */
export function isTcpActive(state: number): boolean {
  return (
    state === TcpState.established ||
    state === TcpState.synSent ||
    state === TcpState.synRecv ||
    state === TcpState.synAck
  );
}
