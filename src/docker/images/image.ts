import type { Nanos } from "../../sim/time.ts";
import type { ContainerConfig } from "../api/container-types.ts";
import type { ImageContents } from "./image-spec.ts";

/** An image that lies on a host. */
export interface Image {
  /** `sha256:` and 64 digits. */
  readonly id: string;
  /** `nginx:alpine`, in the order of naming; empty when it lost its names. */
  tags: string[];
  /** `nginx@sha256:...` of what was pulled. */
  digests: string[];
  readonly created: Nanos;
  readonly size: number;
  readonly config: ContainerConfig;
  readonly contents: ImageContents;
  /** A server made up for an image that nobody described. */
  readonly generic: boolean;
  /** When it was last given a name; null for the zero of time. */
  tagged: Nanos | null;
}
