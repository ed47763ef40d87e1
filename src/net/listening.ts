import type { DeviceListener } from "./device-driver.ts";

/** Who listens to a device, and who began after that one. */
export class Listening {
  readonly listener: DeviceListener;
  next: Listening | null = null;

  constructor(listener: DeviceListener) {
    this.listener = listener;
  }
}

/** The listeners of a device with one more, the last. */
export function withListener(first: Listening | null, listener: DeviceListener): Listening {
  const added = new Listening(listener);
  if (first === null) return added;
  let last = first;
  while (last.next !== null) last = last.next;
  last.next = added;
  return first;
}

/** The same without that one, if it listens. Whoever is just walking through them goes on from it. */
export function withoutListener(first: Listening | null, listener: DeviceListener): Listening | null {
  if (first === null) return null;
  if (first.listener === listener) return first.next;
  let before = first;
  while (before.next !== null && before.next.listener !== listener) before = before.next;
  if (before.next !== null) before.next = before.next.next;
  return first;
}
