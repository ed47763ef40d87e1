import type { Nanos } from "../../sim/time.ts";
import type { ContainerConfig } from "../api/container-types.ts";
import type { ImageContents } from "./image-spec.ts";

/** Files of an image. */
interface ImageLayer {
  /** `sha256:` and 64 digits: layers of one name are one. */
  readonly id: string;
  readonly size: number;
}

/** A step in the making of an image. */
export interface ImageStep {
  readonly created: Nanos;
  readonly createdBy: string;
  readonly comment: string;
  /** Bytes that it added. */
  readonly size: number;
  /** The image that the step made, where it is on this host. */
  readonly image: string | null;
}

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
  /** What its files lie in, the lowest first: an image made of another one has its layers too. */
  readonly layers: readonly ImageLayer[];
  /** How it was made, the first step first. */
  readonly history: readonly ImageStep[];
  readonly author: string;
  readonly comment: string;
  /** The container that it was made of, with its configuration; null unless it was. */
  readonly committed: { readonly container: string; readonly config: ContainerConfig } | null;
  /** The image below it on this host; empty for none. */
  readonly parent: string;
  /** When it was last given a name; null for the zero of time. */
  tagged: Nanos | null;
}
