import { KernelError } from "../net/kernel-error.ts";
import type { XtInfo, XtMatch, XtMatchType } from "../net/xtables.ts";
import type { Packet } from "../sim/packet.ts";

/** One test: a number that is found by going through the operators, and the ranges that it may lie in. */
export interface U32Test {
  readonly start: number;
  readonly operators: readonly { readonly operator: "&" | "<<" | ">>" | "@"; readonly number: number }[];
  readonly ranges: readonly (readonly [number, number])[];
}

/** `-m u32`: all tests must hold. Numbers are uint32. */
export interface U32Info extends XtInfo {
  readonly tests: readonly U32Test[];
  readonly not?: true;
}

class U32Match implements XtMatch {
  readonly #tests: readonly U32Test[];
  readonly #not: boolean;

  constructor({ tests, not }: U32Info) {
    this.#tests = tests;
    this.#not = not === true;
  }

  matches(packet: Packet): boolean {
    let all = true;
    for (let i = 0; i < this.#tests.length && all; i++) all = holds(this.#tests[i]!, packet);
    return all !== this.#not;
  }
}

/** u32_match_it, from the IP header on; what lies beyond the packet's end matches nothing. */
function holds({ start, operators, ranges }: U32Test, { view, networkAt, at, length }: Packet): boolean {
  const size = at + length - networkAt;
  let base = 0;
  let position = start;
  if (position > size - 4) return false;
  let value = view.getUint32(networkAt + position);
  for (let i = 0; i < operators.length; i++) {
    const { operator, number } = operators[i]!;
    switch (operator) {
      case "&":
        value = (value & number) >>> 0;
        break;
      case "<<":
        value = (value << number) >>> 0;
        break;
      case ">>":
        value = value >>> number;
        break;
      case "@":
        base += value;
        position = number;
        if (base > size || base + position > size - 4) return false;
        value = view.getUint32(networkAt + base + position);
    }
  }
  for (let i = 0; i < ranges.length; i++) if (value >= ranges[i]![0] && value <= ranges[i]![1]) return true;
  return false;
}

export const u32Match: XtMatchType<U32Info> = {
  name: "u32",
  make(info) {
    // A number has 32 bits, and cannot be shifted further than that (u32_mt_checkentry).
    for (const { operators } of info.tests)
      if (operators.some(({ operator, number }) => operator !== "&" && operator !== "@" && number > 31))
        throw new KernelError("EINVAL");
    return new U32Match(info);
  },
};
