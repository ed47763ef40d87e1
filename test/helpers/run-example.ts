import ts from "typescript";
import { expect } from "vitest";
import * as overmesh from "../../src/index.ts";

type Body = (...args: unknown[]) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...args: string[]) => Body;

/**
 * Runs TypeScript of the documentation that imports from "overmesh" and "vitest" as a module of its own. Its tests run at
 * once; gives how many there were.
 */
export async function runExample(source: string): Promise<number> {
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  const body = outputText.replace(/^import (\{.*\}) from "(overmesh|vitest)";$/gm, "const $1 = $2;");
  if (body.includes("import ")) throw new Error(`an example imports something else: ${body}`);
  const tests: (() => unknown)[] = [];
  const vitest = { expect, test: (_name: string, run: () => unknown) => tests.push(run) };
  await new AsyncFunction("overmesh", "vitest", body)(overmesh, vitest);
  for (const run of tests) await run();
  return tests.length;
}
