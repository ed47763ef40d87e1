import { expect, test } from "vitest";
import { again, CHAPTER, fuzz } from "./fuzz.ts";
import { type Target, targets } from "./targets.ts";

// `npm run fuzz` takes a million.
test.each(targets.map((target) => [target.name, target] as const))(
  "a thousand times: %s",
  async (_name, target) => {
    await fuzz(target, { seed: 1, from: 0, runs: Math.ceil(1000 / target.cost) });
  },
);

test("a failure names the command that repeats it, and that repeats it: inputs depend on their number alone", async () => {
  const drawn: number[] = [];
  const picky: Target = {
    key: "picky",
    name: "no multiple of 97",
    cost: 1,
    begin: () => ({
      run: (random) => {
        const number = random.below(1_000_000);
        drawn.push(number);
        if (number % 97 === 0) throw new Error(`${number}`);
      },
      end: () => undefined,
    }),
  };
  const fail = async (from: number, runs: number): Promise<string> => {
    drawn.length = 0;
    return await fuzz(picky, { seed: 5, from, runs }).then(
      () => "held",
      (error: Error) => error.message,
    );
  };
  const first = await fail(10 * CHAPTER, 1_000_000);
  const number = drawn.at(-1);
  const [, from, runs] = /Again: npm run fuzz -- picky --seed 5 --from (\d+) --runs (\d+)$/.exec(first)!;
  expect(await fail(Number(from), Number(runs))).toContain(first.split("\n")[0]);
  expect(drawn.at(-1)).toBe(number);
  expect(await fail(Number(from), Number(runs) - 1)).toBe("held");
  expect(again(picky, 5, 3 * CHAPTER)).toBe(`npm run fuzz -- picky --seed 5 --from ${3 * CHAPTER} --runs 1`);
});
