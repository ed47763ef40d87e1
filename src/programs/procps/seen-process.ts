import type { Nanos } from "../../sim/time.ts";

/** A process as `ps` of a host sees it: a container's has the pid there that the host gave it. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  /** What it is called. */
  readonly name: string;
  /** Its words. */
  readonly command: string;
  readonly uid: number;
  readonly gid: number;
  /** Virtual nanoseconds. */
  readonly started: Nanos;
  /** `pts/0`, or null without one. */
  readonly tty: string | null;
}

/** A process with what only the others tell of it. */
export interface ListedProcess extends SeenProcess {
  /** The process that began its session; its own parent is none of those listed. */
  readonly session: number;
  /** What stands before its words when a tree is drawn. */
  readonly branch: string;
}

/** Finds out who began whose session. */
export function listed(processes: readonly SeenProcess[]): readonly ListedProcess[] {
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const sessionOf = (one: SeenProcess): number => {
    const seen = new Set<number>();
    let at = one;
    for (let parent = byPid.get(at.parent); parent !== undefined; parent = byPid.get(at.parent)) {
      if (seen.has(parent.pid)) break;
      seen.add(parent.pid);
      at = parent;
    }
    return at.pid;
  };
  return processes.map((one) => ({ ...one, session: sessionOf(one), branch: "" }));
}

/** Children under their parents, each with the line that leads to it. */
export function asTree(processes: readonly ListedProcess[]): readonly ListedProcess[] {
  const there = new Set(processes.map(({ pid }) => pid));
  const below = (parent: ListedProcess, lead: string): ListedProcess[] => {
    const children = processes.filter((one) => one.parent === parent.pid && one.pid !== parent.pid);
    return children.flatMap((child, at) => {
      const goesOn = at < children.length - 1;
      return [{ ...child, branch: `${lead} \\_ ` }, ...below(child, `${lead}${goesOn ? " | " : "   "} `)];
    });
  };
  return processes
    .filter(({ parent, pid }) => !there.has(parent) || parent === pid)
    .flatMap((root) => [root, ...below(root, "")]);
}
