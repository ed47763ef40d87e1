import type { Topology } from "../lab/topology.ts";
import type { AppliedCommand } from "../operations/applied-operation.ts";
import type { LessonWorld, Typed } from "../scenario/lesson-world.ts";
import type { Completion } from "../shell/complete.ts";

/** What a line typed at a prompt gave. */
export interface TypedAtPrompt extends Typed {
  /** True when the line ended the shell, as `exit` does; the next line begins a new one. */
  readonly ended: boolean;
}

/** A world as the command line uses it. */
export interface CliWorld extends LessonWorld {
  type(host: string, text: string): Promise<TypedAtPrompt>;
  /** What Tab offers for a line at a host's prompt with the cursor at `cursor`. */
  complete(host: string, line: string, cursor: number): Promise<Completion>;
  /** The prompt of a shell inside a container that somebody opened on a host; null for the host's own. */
  innerPrompt(host: string): string | null;
  /** Ctrl-C: ends what runs in the foreground of a host. */
  interrupt(host: string): void;
  /** What Docker engines have done to their hosts since the `since`-th operation of the world, and how many there were. */
  engineCommands(since: number): {
    readonly count: number;
    readonly commands: readonly AppliedCommand[];
  };
  /** All frames so far, as a pcapng file. */
  pcapng(): Uint8Array;
}

export interface WorldOptions {
  readonly topology: Topology;
  readonly seed: number;
  /** A person types: bash tells of background jobs, as it does at a prompt. */
  readonly interactive: boolean;
}

export type MakeWorld = (options: WorldOptions) => Promise<CliWorld>;
