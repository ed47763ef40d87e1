import type { Journey } from "../capture/journey.ts";
import type { Lab } from "../lab/lab.ts";
import type { Errno, KernelError } from "../net/kernel-error.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict, verdictName } from "../sim/verdict.ts";

/** What was to be sent, and by whom. */
export interface Unsent {
  /** `host`, `host/namespace`, or `host/device` where a whole frame was to leave. */
  readonly from: string;
  /** The sender's and the receiver's address as far as they are known. */
  readonly source: string;
  readonly to: string;
  readonly protocol: string;
}

/**
 * The journey of a packet that its sender's own kernel refused: no frame was ever made, so it ends at once, where it
 * began, with the entry that refused it and what the program that sends hears.
 */
export function refusedJourney(
  lab: Lab,
  { from, source, to, protocol }: Unsent,
  error: KernelError,
  entryRef: EntryRef,
): Journey {
  const verdict = verdictFor(error.errno);
  const words = lab.entry(entryRef, verdict);
  return {
    frameId: 0,
    parent: 0,
    from: source,
    to,
    protocol,
    summary: `${from} cannot send to ${to}: ${error.message}`,
    steps: [
      {
        at: lab.world.now,
        place: from,
        verdict: verdictName(verdict),
        frame: "",
        length: 0,
        wrapped: 0,
        kind: words?.kind ?? null,
        entry: words?.entry ?? null,
        entryRef,
        cause: words?.cause ?? null,
        frameId: 0,
        parent: 0,
      },
    ],
  };
}

/** The drop reason that the kernel would give if it had made the packet first. */
function verdictFor(errno: Errno): Verdict {
  switch (errno) {
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EACCES":
    case "EINVAL":
      return Verdict.IP_OUTNOROUTES;
    case "EMSGSIZE":
      return Verdict.PKT_TOO_BIG;
    case "ENETDOWN":
      return Verdict.DEV_READY;
    default:
      return Verdict.NOT_SPECIFIED;
  }
}
