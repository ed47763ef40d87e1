import { trueSize } from "./buffered-segments.ts";
import type { TcpConnection } from "./connection.ts";
import { WINDOW_MAX } from "./constants.ts";
import { distance } from "./sequence.ts";

const MAX_SCALE = 14;
/** The largest window that can be announced at all. */
const MAX_WINDOW = WINDOW_MAX * 2 ** MAX_SCALE;
/** The part of a buffer that is payload before the first segment has shown it: half (TCP_DEFAULT_SCALING_RATIO). */
const DEFAULT_RATIO = 128;

/** Half of the smallest receive buffer (SOCK_MIN_RCVBUF). */
const LEAST_CLAMP = 1152;

/** How many payload bytes fit into `space` bytes of buffer (tcp_win_from_space). */
function payloadIn(c: TcpConnection, space: number): number {
  return Math.floor((space * c.payloadRatio) / 256);
}

/** The window that fits into the buffer as it is now (tcp_space); it may be negative. */
function freeSpace(c: TcpConnection): number {
  return payloadIn(c, c.receiveLimit - c.receiveUsed);
}

export function fullSpace(c: TcpConnection): number {
  return payloadIn(c, c.receiveLimit);
}

/**
 * The first window, and the scale that goes with the SYN (tcp_select_initial_window). A SYN itself tells of 65535 octets
 * at most, since its window is never scaled.
 */
export interface InitialWindow {
  readonly window: number;
  readonly scale: number;
  readonly clamp: number;
}

export function initialWindow(
  receiveLimit: number,
  mss: number,
  clamp: number,
  canScale: boolean,
  rmem: number,
  rmemMax: number,
): InitialWindow {
  let most = clamp === 0 ? MAX_WINDOW : clamp;
  let space = Math.min(most, Math.floor((receiveLimit * DEFAULT_RATIO) / 256));
  if (space > mss) space -= space % mss;
  const window = space;
  let scale = 0;
  if (canScale) {
    const largest = Math.min(Math.max(space, rmem, rmemMax), most);
    scale = Math.min(MAX_SCALE, Math.max(0, 31 - Math.clz32(largest) - 15));
  }
  most = Math.min(WINDOW_MAX * 2 ** scale, most);
  return { window, scale, clamp: most };
}

/** The connection begins: one segment of the buffer is kept in reserve (tcp_init_buffer_space). */
export function start(c: TcpConnection): void {
  const most = fullSpace(c);
  const { tcp_app_win: reserve } = c.ns.tcp.settings;
  if (c.windowClamp >= most) {
    c.windowClamp = most;
    if (reserve !== 0 && most > 4 * c.advertisedMss)
      c.windowClamp = Math.max(most - (reserve >= 31 ? 0 : most >> reserve), 4 * c.advertisedMss);
  }
  if (reserve !== 0 && c.windowClamp > 2 * c.advertisedMss && c.windowClamp + c.advertisedMss > most)
    c.windowClamp = Math.max(2 * c.advertisedMss, most - c.advertisedMss);
  c.windowThreshold = Math.min(c.windowThreshold, c.windowClamp);
  c.tuneSpace = Math.min(c.windowThreshold, c.receiveWindow, 10 * c.advertisedMss);
  c.tuneTime = c.now;
  c.tunedBy = c.now;
  c.tuneSequence = c.readNext;
}

/** The window to announce now, without regard to the last one (__tcp_select_window). */
export function wanted(c: TcpConnection): number {
  let mss = c.receivedMss;
  let free = freeSpace(c);
  const allowed = Math.floor((c.receiveLimit * c.payloadRatio) / 256);
  const full = Math.min(c.windowClamp, allowed);
  if (mss > full) {
    mss = full;
    if (mss <= 0) return 0;
  }
  if (free < full >> 1) {
    c.quick = 0;
    // Rounding to the scale must not make more of it.
    free -= free & (2 ** c.receiveScale - 1);
    // Little is left: a window that shrinks below this is closed, so that the sender does not send in crumbs.
    if (free < allowed >> 4 || free < mss) return 0;
  }
  if (free > c.windowThreshold) free = c.windowThreshold;
  if (c.receiveScale > 0) {
    const step = 2 ** c.receiveScale;
    return Math.ceil(free / step) * step;
  }
  const window = c.receiveWindow;
  if (window <= free - mss || window > free) return free - (free % mss);
  if (mss === full && free > window + (full >> 1)) return free;
  return window;
}

/**
 * Chooses the window of a segment that goes out now: its right edge never moves back (tcp_select_window). Returns the
 * number for the header.
 */
export function select(c: TcpConnection): number {
  const old = c.receiveWindow;
  const current = c.windowLeft;
  let window = wanted(c);
  if (window < current) {
    const { counters } = c.ns.tcp;
    if (window === 0) counters.TCPWantZeroWindowAdv++;
    const step = 2 ** c.receiveScale;
    window = Math.ceil(current / step) * step;
  }
  c.receiveWindow = window;
  c.windowSentAt = c.receiveNext;
  const most = c.windowScalingOk ? WINDOW_MAX * 2 ** c.receiveScale : WINDOW_MAX;
  if (window > most) window = most;
  const announced = window >>> c.receiveScale;
  const { counters } = c.ns.tcp;
  if (window === 0) c.predicted = -1;
  if (announced === 0 && old !== 0) counters.TCPToZeroWindowAdv++;
  else if (announced !== 0 && old === 0) counters.TCPFromZeroWindowAdv++;
  return announced;
}

/**
 * Data arrived: the window may grow, as far as what arrives fills its buffers well (tcp_grow_window). `size` is what it
 * takes of the buffer: of what is in order, which may share the record of what was there, only its octets count.
 */
export function grow(c: TcpConnection, length: number, size: number): void {
  const room = Math.min(c.windowClamp, freeSpace(c)) - c.windowThreshold;
  if (room <= 0) return;
  const taken = payloadIn(c, size);
  const growth = taken <= length ? 2 * c.advertisedMss : smallGrowth(c, taken, length);
  if (growth === 0) return;
  c.windowThreshold += Math.min(room, Math.max(growth, 2 * length));
  c.quick |= 1;
}

/** __tcp_grow_window: small segments may grow the window while it is small. */
function smallGrowth(c: TcpConnection, taken: number, length: number): number {
  let size = taken >> 1;
  let window = payloadIn(c, c.ns.tcp.settings.tcp_rmem[2]) >> 1;
  while (c.windowThreshold <= window) {
    if (size <= length) return 2 * c.receivedMss;
    size >>= 1;
    window >>= 1;
  }
  return 0;
}

/** Tells how well the largest segments so far fill their buffers (the scaling_ratio of tcp_measure_rcv_mss). */
export function measureFilling(c: TcpConnection, length: number): void {
  const ratio = Math.max(1, Math.min(255, Math.floor((length * 256) / trueSize(length))));
  if (ratio === c.payloadRatio) return;
  c.payloadRatio = ratio;
  setClamp(c, fullSpace(c));
  if (c.windowClamp < c.tuneSpace) c.tuneSpace = c.windowClamp;
}

/** The most that may be announced from now on (tcp_set_window_clamp): when there is more room, the window itself is a start. */
function setClamp(c: TcpConnection, most: number): void {
  const before = c.windowClamp;
  c.windowClamp = Math.max(most, LEAST_CLAMP);
  if (c.windowClamp < before) c.windowThreshold = Math.min(c.windowThreshold, c.windowClamp);
  else c.windowThreshold = Math.max(c.windowThreshold, Math.min(c.receiveWindow, c.windowClamp));
}

/**
 * The program has read: once a round trip, if it reads as fast as data comes, the buffer grows to hold twice as much
 * (tcp_rcv_space_adjust: dynamic right sizing). What still waits does not count as read. The clock is that of the last
 * segment, as the kernel spares itself a look at it.
 */
export function tune(c: TcpConnection): void {
  const trip = c.receiveTrip;
  if (trip === 0 || c.tunedBy - c.tuneTime < trip) return;
  const copied = distance(c.readNext, c.tuneSequence) - distance(c.receiveNext, c.readNext);
  if (copied > c.tuneSpace) growBuffer(c, copied);
  c.tuneSequence = c.readNext;
  c.tuneTime = c.tunedBy;
}

/** Makes room for `space` octets a round trip, and for what lies beyond gaps (tcp_rcvbuf_grow). */
export function growBuffer(c: TcpConnection, space: number): void {
  const { settings } = c.ns.tcp;
  const last = c.tuneSpace;
  c.tuneSpace = space;
  if (settings.tcp_moderate_rcvbuf === 0 || c.receiveLimitLocked) return;
  let window = 2 * space;
  window += 2 * Math.floor((window * (space - last)) / last);
  if (c.outOfOrder.count > 0) window += distance(c.outOfOrder.last, c.receiveNext);
  const limit = Math.min(Math.floor((window * 256) / c.payloadRatio), settings.tcp_rmem[2]);
  if (limit <= c.receiveLimit) return;
  c.receiveLimit = limit;
  c.windowClamp = payloadIn(c, limit);
}
