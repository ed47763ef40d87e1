import type { EventLog } from "../event-log.ts";
import type { Container } from "./container.ts";

/** What an event tells of its container: its labels, its image, its name. */
export function attributesOf(container: Container): Record<string, string> {
  return { ...container.config.Labels, image: container.config.Image, name: container.name };
}

/** A container's volumes are at hand from now on, or no longer. */
export function tellOfVolumes(events: EventLog, container: Container, action: "mount" | "unmount"): void {
  for (const { Type, Name = "", Driver = "", Destination, RW, Propagation } of container.mounts) {
    if (Type !== "volume") continue;
    const whose = { driver: Driver, container: container.id };
    const place = { destination: Destination, "read/write": `${RW}`, propagation: Propagation };
    events.add("volume", action, Name, action === "mount" ? { ...whose, ...place } : whose);
  }
}
