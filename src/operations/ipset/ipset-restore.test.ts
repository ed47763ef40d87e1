import { expect, test } from "vitest";
import { freshContext } from "../../../test/transcripts.ts";
import { OperationContext } from "../operation-context.ts";
import { runTool } from "../run-tool.ts";

/** Runs `ipset restore` with this standard input. */
function restore(stdin: string): string {
  const { toolbox, namespace } = freshContext();
  const result = runTool("ipset", ["restore"], new OperationContext(toolbox, namespace, "", { stdin }));
  return `${result.stdout}${result.stderr}[exit ${result.status}]`;
}

// Recorded from ipset 7.17.
test.each([
  [
    "create a hash:ip\nadd a 10.0.0.1\nadd a 10.0.0.1\n",
    "ipset v7.17: Error in line 3: Element cannot be added to the set: it's already added\n[exit 1]",
  ],
  [
    "create a hash:ip\n\n# x\nadd b 10.0.0.1\n",
    "ipset v7.17: Error in line 4: The set with the given name does not exist\n[exit 1]",
  ],
  [
    "create a hash:ip\nCOMMIT\nadd a 10.0.0.1 timeout x\n",
    "ipset v7.17: Error in line 3: Syntax error: 'x' is invalid as number\n[exit 1]",
  ],
  [
    "foo a\n",
    "ipset v7.17: No command specified: unknown argument foo\nTry `ipset help' for more information.\n[exit 2]",
  ],
])("%j", (stdin, said) => {
  expect(restore(stdin)).toBe(said);
});
