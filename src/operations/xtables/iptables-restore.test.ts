import { expect, test } from "vitest";
import { freshContext } from "../../../test/transcripts.ts";
import { OperationContext } from "../operation-context.ts";
import { runTool } from "../run-tool.ts";

/** Runs `iptables-restore` with this standard input. */
function restore(stdin: string, ...args: readonly string[]): string {
  const { toolbox, namespace } = freshContext();
  const result = runTool("iptables-restore", args, new OperationContext(toolbox, namespace, "", { stdin }));
  return `${result.stdout}${result.stderr}[exit ${result.status}]`;
}

const HEAD = "iptables-restore v1.8.9 (legacy): ";

function wrong(why: string, line: number): string {
  const advice = "Try `iptables-restore -h' or 'iptables-restore --help' for more information.\n";
  return `${HEAD}${why}\nError occurred at line: ${line}\n${advice}[exit 2]`;
}

// Recorded from iptables-restore 1.8.9 (legacy).
test.each([
  ["*foo\nCOMMIT\n", wrong("iptables-restore: unable to initialize table 'foo'", 1)],
  ["*\nCOMMIT\n", wrong("iptables-restore: line 1 table name invalid", 1)],
  ["*filter\n:\n", wrong("iptables-restore: line 2 chain name invalid", 2)],
  ["*filter\n:X\n", wrong("iptables-restore: line 2 policy invalid", 2)],
  [
    `*filter\n:${"x".repeat(29)} - [0:0]\n`,
    wrong(`Invalid chain name \`${"x".repeat(29)}' (28 chars max)`, 2),
  ],
  ["*filter\n[1 -A INPUT\n", wrong("Bad line 2: need ]", 2)],
  ["*filter\n[1] -A INPUT\n", wrong("Bad line 2: need ]", 2)],
  [
    "*filter\n:INPUT FOO [1:2]\n",
    `${HEAD}Can't set policy \`FOO' on \`INPUT' line 2: Bad policy name\n[exit 1]`,
  ],
  [
    "*filter\n:X ACCEPT [1:2]\n",
    `${HEAD}Can't set policy \`ACCEPT' on \`X' line 2: Bad built-in chain name\n[exit 1]`,
  ],
  ["*filter\n-A INPUT -j DROP\n", "iptables-restore: COMMIT expected at line 3\n[exit 1]"],
  ["foo\n", "iptables-restore: line 1 failed\n[exit 1]"],
  ["*filter\n:RETURN - [0:0]\n", wrong("error creating chain 'RETURN':File exists", 2)],
  [
    "*filter\n-A INPUT --table nat -j DROP\nCOMMIT\n",
    wrong("The -t option cannot be used in iptables-restore.\n", 2),
  ],
  ["", "[exit 0]"],
  // Questions are answered with what the lines before have made; a line for the other family is left out.
  [
    "*filter\n-A INPUT -j DROP\n-A INPUT -6 -j ACCEPT --foo\n-S INPUT\n-L INPUT -n\n-C INPUT -j DROP\nCOMMIT\n",
    "-P INPUT ACCEPT\n-A INPUT -j DROP\nChain INPUT (policy ACCEPT)\n" +
      "target     prot opt source               destination         \n" +
      "DROP       0    --  0.0.0.0/0            0.0.0.0/0           \n[exit 0]",
  ],
  ["*filter\n-C INPUT -j DROP\nCOMMIT\n", "iptables-restore: line 2 failed\n[exit 1]"],
  ["*filter\n-S NOSUCH\nCOMMIT\n", "iptables-restore: line 2 failed\n[exit 1]"],
  ["*filter\n-V\nfoo\n", "iptables-restore v1.8.9 (legacy)\n[exit 0]"],
])("%j", (text, said) => {
  expect(restore(text)).toBe(said);
});

test.each([
  ["-Q", "invalid option -- 'Q'"],
  ["--foo", "unrecognized option '--foo'"],
  ["-T", "option requires an argument -- 'T'"],
])("iptables-restore %s", (option, why) => {
  expect(restore("", option)).toBe(
    `iptables-restore: ${why}\nTry \`iptables-restore -h' for more information.\n[exit 1]`,
  );
});

test.each([
  ["-w -W 5", "Ignoring deprecated --wait-interval option.\n[exit 0]"],
  [
    "-W 5",
    "Ignoring deprecated --wait-interval option.\nOption --wait-interval requires option --wait\n[exit 1]",
  ],
  ["-w x", wrong("wait seconds not numeric", 0)],
  ["-W x", wrong("wait interval not numeric", 0)],
])("iptables-restore %s", (options, said) => {
  expect(restore("", ...options.split(" "))).toBe(said);
});
