import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from "../../sim/time.ts";
import { type CongestionControl, growEvery, slowStart } from "./congestion.ts";
import type { TcpConnection } from "./connection.ts";
import { after } from "./sequence.ts";
import { isWindowLimited } from "./window-usage.ts";

/** A loss takes the window down to this part of 1024 (beta 0.7). */
const BETA = 717;
/** C of RFC 9438: 0.4 segments per second cubed. */
const C = 0.4;
/** Segments per round trip by which Reno's friend grows: 3 (1 - beta) / (1 + beta). */
const FRIEND_STEPS = (8 * (1024 + BETA)) / 3 / (1024 - BETA);
/** Windows below this are too small to leave slow start by delay (hystart_low_window). */
const HYSTART_WINDOW = 16;
const HYSTART_SAMPLES = 8;

/** CUBIC (RFC 9438) with HyStart, as net/ipv4/tcp_cubic.c has it: the window is a cubic function of the time since the last loss. */
export class Cubic implements CongestionControl {
  readonly name = "cubic";
  #count = 0;
  #lastMaximum = 0;
  #origin = 0;
  /** Seconds until the curve reaches the origin. */
  #untilOrigin = 0;
  #epochStart: Nanos = -1;
  #friendWindow = 0;
  #ackCount = 0;
  #lastWindow = 0;
  #lastTime: Nanos = -1;
  #leastDelay = 0;
  // HyStart: one round of it.
  #roundEnd = 0;
  #roundStart: Nanos = 0;
  #lastAck: Nanos = 0;
  #samples = 0;
  #roundDelay = 0;
  #found = false;
  #inRound = false;

  reset(): void {
    this.#count = 0;
    this.#lastMaximum = 0;
    this.#origin = 0;
    this.#untilOrigin = 0;
    this.#epochStart = -1;
    this.#friendWindow = 0;
    this.#ackCount = 0;
    this.#lastWindow = 0;
    this.#lastTime = -1;
    this.#leastDelay = 0;
    this.#found = false;
    this.#inRound = false;
  }

  acknowledged(connection: TcpConnection, acked: number): void {
    if (!isWindowLimited(connection)) return;
    if (connection.window < connection.threshold) {
      acked = slowStart(connection, acked);
      if (acked === 0) return;
    }
    this.#update(connection, acked);
    growEvery(connection, this.#count, acked);
  }

  thresholdAfterLoss(connection: TcpConnection): number {
    const { window } = connection;
    this.#epochStart = -1;
    // Fast convergence: who loses before the old maximum leaves room for others.
    this.#lastMaximum = window < this.#lastMaximum ? Math.floor((window * (1024 + BETA)) / 2048) : window;
    return Math.max(Math.floor((window * BETA) / 1024), 2);
  }

  resumed(connection: TcpConnection): void {
    if (this.#epochStart < 0) return;
    const pause = connection.now - connection.lastSent;
    if (pause > 0) this.#epochStart = Math.min(connection.now, this.#epochStart + pause);
  }

  measured(connection: TcpConnection, micros: number): void {
    if (this.#epochStart >= 0 && connection.now - this.#epochStart < SECOND) return;
    const delay = Math.max(1, micros);
    if (this.#leastDelay === 0 || delay < this.#leastDelay) this.#leastDelay = delay;
    const { window, threshold } = connection;
    if (!this.#found && window < threshold) this.#leaveSlowStart(connection, delay);
  }

  /** HyStart: leaves slow start when a train of acknowledgments is long, or round trips grow (RFC 9406's forerunner). */
  #leaveSlowStart(connection: TcpConnection, delay: number): void {
    const now = connection.now;
    if (!this.#inRound || after(connection.unacknowledged, this.#roundEnd)) {
      this.#inRound = true;
      this.#roundStart = now;
      this.#lastAck = now;
      this.#roundEnd = connection.sendNext;
      this.#roundDelay = Number.POSITIVE_INFINITY;
      this.#samples = 0;
    }
    if (connection.window < HYSTART_WINDOW) return;
    if (now - this.#lastAck <= 2 * MILLISECOND) {
      this.#lastAck = now;
      if (now - this.#roundStart > (this.#leastDelay / 2) * MICROSECOND) this.#foundEnd(connection);
    }
    if (this.#roundDelay > delay) this.#roundDelay = delay;
    if (this.#samples < HYSTART_SAMPLES) this.#samples++;
    else {
      const margin = Math.min(16_000, Math.max(4_000, this.#leastDelay >> 3));
      if (this.#roundDelay > this.#leastDelay + margin) this.#foundEnd(connection);
    }
  }

  #foundEnd(connection: TcpConnection): void {
    this.#found = true;
    connection.threshold = connection.window;
  }

  /** Computes how many acknowledged segments the window grows by one for (bictcp_update). */
  #update(connection: TcpConnection, acked: number): void {
    const now = connection.now;
    const { window } = connection;
    this.#ackCount += acked;
    if (this.#lastWindow === window && now - this.#lastTime <= 31 * MILLISECOND) return;
    if (this.#epochStart >= 0 && now === this.#lastTime) {
      this.#befriend(window);
      return;
    }
    this.#lastWindow = window;
    this.#lastTime = now;
    if (this.#epochStart < 0) {
      this.#epochStart = now;
      this.#ackCount = acked;
      this.#friendWindow = window;
      if (this.#lastMaximum <= window) {
        this.#untilOrigin = 0;
        this.#origin = window;
      } else {
        this.#untilOrigin = cubeRoot((this.#lastMaximum - window) / C);
        this.#origin = this.#lastMaximum;
      }
    }
    const seconds = (now - this.#epochStart + this.#leastDelay * MICROSECOND) / SECOND - this.#untilOrigin;
    const target = Math.floor(this.#origin + C * seconds * seconds * seconds);
    this.#count = target > window ? Math.max(1, Math.floor(window / (target - window))) : 100 * window;
    if (this.#lastMaximum === 0 && this.#count > 20) this.#count = 20;
    this.#befriend(window);
  }

  /** Is never slower than Reno would be. */
  #befriend(window: number): void {
    const step = Math.max(1, Math.floor((window * FRIEND_STEPS) / 8));
    while (this.#ackCount > step) {
      this.#ackCount -= step;
      this.#friendWindow++;
    }
    if (this.#friendWindow > window) {
      const most = Math.floor(window / (this.#friendWindow - window));
      if (this.#count > most) this.#count = most;
    }
    this.#count = Math.max(this.#count, 2);
  }
}

/** By Newton's method with plain arithmetic, so that all platforms agree to the last bit. */
function cubeRoot(value: number): number {
  let root = Math.max(1, value / 2);
  for (let i = 0; i < 60; i++) {
    const next = (2 * root + value / (root * root)) / 3;
    if (Math.abs(next - root) < 1e-9 * root) return next;
    root = next;
  }
  return root;
}
