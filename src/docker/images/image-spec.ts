import type { ProgramContext } from "../../programs/program-context.ts";
import type { Program } from "../../sim/process.ts";
import type { FileLayer } from "../api/archive-types.ts";

/**
 * A program that an image brings: it runs in the container's namespaces, sees its words, files and environment, and
 * gives its exit status (0 to 255), at once or, as a generator, when it ends.
 */
export type ImageProgram = (context: ImageProgramContext) => number | Program;

/** What a program of an image sees of its container. */
export interface ImageProgramContext extends ProgramContext {
  /** Runs another program in this one's place, as execve(2) does: `return context.exec(["sh", "-c", "..."])`. */
  exec(argv: readonly string[]): Program;
}

/** What lies in an image, besides the tools of its system. */
export interface ImageContents {
  /** Whose tools there are: busybox's as on Alpine, all that a host has, or none. */
  readonly system: "busybox" | "full" | "none";
  /** By path (`/whoami.sh`) or by name, which is then found in `$PATH`. */
  readonly programs: Readonly<Record<string, ImageProgram>>;
  /** Texts by path. */
  readonly files: Readonly<Record<string, string>>;
  /** What containers made of those, which became a further image, the earliest first. */
  readonly layers?: readonly FileLayer[];
}

/** An image as somebody describes it: the catalogue, front matter, or a user in TypeScript. */
export interface ImageSpec extends Partial<ImageContents> {
  /** `nginx:alpine`; without a tag `latest` is meant. One image may have several. */
  readonly names: readonly string[];
  /** What stands in front of the command. */
  readonly entrypoint?: readonly string[];
  /** What a container runs when nobody says otherwise. */
  readonly command?: readonly string[];
  /** `NAME=value`. */
  readonly env?: readonly string[];
  /** `80/tcp`; a bare number means TCP. */
  readonly exposed?: readonly (string | number)[];
  /** Paths of volumes. */
  readonly volumes?: readonly string[];
  /** Where its processes start; `/` unless given. */
  readonly workingDir?: string;
  /** Who its processes run as, `USER[:GROUP]`; root unless given. */
  readonly user?: string;
  /** Labels, which its containers have too. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The signal that `docker stop` sends; SIGTERM unless given. */
  readonly stopSignal?: string;
  /** In bytes. */
  readonly size?: number;
  /** Images that name one and the same have their files in common. */
  readonly layer?: string;
  /** What whoever made it says of it: an image with a comment was imported, and has no other history. */
  readonly comment?: string;
}
