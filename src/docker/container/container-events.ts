import type { Container } from "./container.ts";

/** What an event tells of its container: its labels, its image, its name. */
export function attributesOf(container: Container): Record<string, string> {
  return { ...container.config.Labels, image: container.config.Image, name: container.name };
}
