import type { Packet } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import type { PlaceId, Tap } from "../sim/tap.ts";
import type { Verdict } from "../sim/verdict.ts";

/** Several taps that look like one; they see a frame in the order in which they came. */
class TapList implements Tap {
  readonly taps: readonly Tap[];

  constructor(taps: readonly Tap[]) {
    this.taps = taps;
  }

  record(place: PlaceId, packet: Packet, verdict: Verdict, entry: EntryRef): void {
    for (const tap of this.taps) tap.record(place, packet, verdict, entry);
  }
}

/** `taps` and one more; none of them is null, one is itself, so that looking costs one comparison and one call. */
export function withTap(taps: Tap | null, added: Tap): Tap {
  if (taps === null) return added;
  return new TapList(taps instanceof TapList ? [...taps.taps, added] : [taps, added]);
}

export function withoutTap(taps: Tap | null, gone: Tap): Tap | null {
  if (taps === gone || taps === null) return null;
  if (!(taps instanceof TapList)) return taps;
  const rest = taps.taps.filter((tap) => tap !== gone);
  return rest.length === 1 ? rest[0]! : new TapList(rest);
}
