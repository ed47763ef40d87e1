import { Prng } from "../../src/base/prng.ts";
import type { Target } from "./targets.ts";

/** So many inputs share a world; then a new one begins, so that memory stays bounded and a failure is near a beginning. */
export const CHAPTER = 500;

interface Series {
  readonly seed: number;
  /** The number of the first input: the beginning of a chapter. */
  readonly from: number;
  readonly runs: number;
}

/** The command that does the last chapter of a series again, up to input `run`. */
export function again(target: Target, seed: number, run: number): string {
  const from = run - (run % CHAPTER);
  return `npm run fuzz -- ${target.key} --seed ${seed} --from ${from} --runs ${run - from + 1}`;
}

/** Feeds inputs to a target. `onChapter` hears how many are done. @throws {Error} with the command that repeats it */
export async function fuzz(
  target: Target,
  series: Series,
  onChapter?: (done: number) => void,
): Promise<void> {
  const { seed, from, runs } = series;
  const random = new Prng(seed).fork(target.key);
  for (let first = from; first < from + runs; first += CHAPTER) {
    const last = Math.min(first + CHAPTER, from + runs) - 1;
    let run = first;
    try {
      const chapter = target.begin();
      for (; run <= last; run++) {
        const done = chapter.run(random.fork(`${run}`));
        if (done !== undefined) await done;
      }
      run = last;
      chapter.end();
    } catch (error) {
      const what = error instanceof Error ? (error.stack ?? error.message) : `${error}`;
      throw new Error(`input ${run}: ${what}\nAgain: ${again(target, seed, run)}`);
    }
    onChapter?.(last + 1 - from);
  }
}
