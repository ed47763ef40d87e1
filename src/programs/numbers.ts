import { ProgramExit } from "./program-exit.ts";

/** Reads a whole number as iputils' programs do. @throws {ProgramExit} status 1, in their words. */
export function wholeNumber(
  program: string,
  text: string,
  least: number,
  most: number,
  limits: string,
): number {
  if (!/^\s*[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text))
    throw new ProgramExit(1, `${program}: invalid argument: '${text}'\n`);
  const digits = text.trim();
  const negative = digits.startsWith("-");
  const bare = digits.replace(/^[-+]/, "");
  const octal = /^0\d/.test(bare);
  const value = (octal ? Number.parseInt(bare, 8) : Number(bare)) * (negative ? -1 : 1);
  if (value >= 2 ** 63)
    throw new ProgramExit(1, `${program}: invalid argument: '${text}': Numerical result out of range\n`);
  if (value < least || value > most)
    throw new ProgramExit(1, `${program}: invalid argument: '${text}': out of range: ${limits}\n`);
  return value;
}
