import type { HeaderChange } from "./header-change.ts";
import type { Packet } from "./packet.ts";

/** What becomes of a packet's IPv4 headers on several legs, done at once. */
export class HeaderChanges {
  readonly #changes: HeaderChange[] = [];
  /** Where the header of each lies, from the start of the packet before them. */
  readonly #places: number[] = [];

  /** Adds one of a header that lies there. Two changes of one header become one. */
  add(place: number, change: HeaderChange): void {
    const last = this.#changes.length - 1;
    if (last >= 0 && this.#places[last] === place)
      this.#changes[last] = this.#changes[last]!.followedBy(change);
    else {
      this.#changes.push(change);
      this.#places.push(place);
    }
  }

  apply(packet: Packet): void {
    for (let i = 0; i < this.#changes.length; i++)
      this.#changes[i]!.apply(packet, packet.at + this.#places[i]!);
  }
}
