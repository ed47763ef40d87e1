import type { Nanos } from "../../sim/time.ts";
import { general } from "../general-number.ts";

/** A duration in microseconds as ping's last line has it: `0.045`. */
export function millis(micros: number): string {
  return `${Math.floor(micros / 1000)}.${`${Math.floor(micros % 1000)}`.padStart(3, "0")}`;
}

/** A round trip of whole microseconds as a reply line has it: four digits at most. */
export function tripTime(micros: number): string {
  if (micros >= 100_000 - 50) return `${Math.floor((micros + 500) / 1000)}`;
  if (micros >= 10_000 - 5) {
    const rounded = micros + 50;
    return `${Math.floor(rounded / 1000)}.${Math.floor((rounded % 1000) / 100)}`;
  }
  if (micros >= 1000) {
    const rounded = micros + 5;
    return `${Math.floor(rounded / 1000)}.${`${Math.floor((rounded % 1000) / 10)}`.padStart(2, "0")}`;
  }
  return millis(micros);
}

/** The bookkeeping of a ping: what was sent, what came back, what is still on its way. */
export class PingStatistics {
  transmitted = 0;
  received = 0;
  repeats = 0;
  errors = 0;
  corrupted = 0;
  /** The most packets that were on their way at once. */
  pipe = 0;
  /** The round trip's moving average times eight, in microseconds. */
  average = 0;
  longest = 0;
  #shortest = Number.POSITIVE_INFINITY;
  #sum = 0;
  #squares = 0;
  #acknowledged = 0;
  /** 16-bit sequence numbers that were answered since they were last sent. */
  readonly #answered: Set<number> = new Set();

  /** The next sequence number goes out. */
  sent(): void {
    this.transmitted++;
    this.#answered.delete((this.transmitted + 1) & 0xffff);
    if (this.transmitted - this.#acknowledged > 0x7fff) this.#acknowledged = this.transmitted + 1;
  }

  get inFlight(): number {
    const difference = (this.transmitted - this.#acknowledged) & 0xffff;
    return difference <= 0x7fff ? difference : this.transmitted - this.received - this.errors;
  }

  isAnswered(sequence: number): boolean {
    return this.#answered.has(sequence & 0xffff);
  }

  /** Something came back for this sequence number, be it an error. */
  acknowledge(sequence: number): void {
    const behind = (this.transmitted - sequence) & 0xffff;
    if (behind > 0x7fff) return;
    this.pipe = Math.max(this.pipe, behind + 1);
    const ahead = (sequence - this.#acknowledged) & 0xffff;
    if ((ahead > 0 && ahead <= 0x7fff) || ((this.transmitted - this.#acknowledged) & 0xffff) > 0x7fff)
      this.#acknowledged = sequence;
  }

  /** A reply; true when it is a repeated one. */
  reply(sequence: number): boolean {
    this.acknowledge(sequence);
    if (this.isAnswered(sequence)) {
      this.repeats++;
      return true;
    }
    this.#answered.add(sequence & 0xffff);
    this.received++;
    return false;
  }

  /** How long a round trip took, in microseconds. */
  time(micros: number): void {
    this.#sum += micros;
    this.#squares += micros * micros;
    this.#shortest = Math.min(this.#shortest, micros);
    this.longest = Math.max(this.longest, micros);
    this.average = this.average === 0 ? micros * 8 : this.average + micros - Math.floor(this.average / 8);
  }

  /**
   * The lines under the headline. `between` is the time from the beginning to the last request.
   */
  summary(
    host: string,
    between: Nanos,
    options: { readonly timing: boolean; readonly perGap: boolean },
  ): string {
    const { transmitted, received } = this;
    let text = `\n--- ${host} ping statistics ---\n${transmitted} packets transmitted, ${received} received`;
    if (this.repeats > 0) text += `, +${this.repeats} duplicates`;
    if (this.corrupted > 0) text += `, +${this.corrupted} corrupted`;
    if (this.errors > 0) text += `, +${this.errors} errors`;
    if (transmitted > 0) {
      const loss = Math.fround(((transmitted - received) * 100) / transmitted);
      text += `, ${general(loss)}% packet loss, time ${Math.floor((between + 500_000) / 1_000_000)}ms`;
    }
    text += "\n";
    const parts: string[] = [];
    const replies = received + this.repeats;
    if (received > 0 && options.timing) {
      const mean = Math.floor(this.#sum / replies);
      const variance = Math.floor((this.#squares - (this.#sum * this.#sum) / replies) / replies);
      const deviation = Math.floor(Math.sqrt(Math.max(0, variance)));
      const values = [this.#shortest, mean, this.longest, deviation].map(millis).join("/");
      parts.push(`rtt min/avg/max/mdev = ${values} ms`);
    }
    if (this.pipe > 1) parts.push(`pipe ${this.pipe}`);
    if (received > 0 && options.perGap && transmitted > 1) {
      const gap = Math.floor(between / 1000 / (transmitted - 1));
      parts.push(`ipg/ewma ${millis(gap)}/${millis(Math.floor(this.average / 8))} ms`);
    }
    return `${text}${parts.join(", ")}\n`;
  }
}
