import { describe, expect, test } from "vitest";
import { freshContext } from "../../test/transcripts.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";

/** Runs `ip` with a standard input and one file. */
function ip(args: string, stdin: string): { stdout: string; stderr: string; status: number } {
  const { toolbox, namespace } = freshContext();
  const readFile = (path: string): string | null => (path === "/tmp/batch" ? stdin : null);
  return runTool("ip", args.split(" "), new OperationContext(toolbox, namespace, "", { stdin, readFile }));
}

const lines = "link add d0 type bridge\n\n# a comment\nlink show nope\nlink show type bridge # more\n";

describe("ip -batch, as the real one does it:", () => {
  test("a command that fails ends it and tells its line", () => {
    expect(ip("-batch -", lines)).toEqual({
      stdout: "",
      stderr: 'Device "nope" does not exist.\nCommand failed -:4\n',
      status: 1,
    });
  });

  test("with -force the rest is done, and the status remembers", () => {
    const { stdout, stderr, status } = ip("-force -br -b /tmp/batch", lines);
    expect(stdout).toMatch(/^d0 +DOWN +[0-9a-f:]{17} <BROADCAST,MULTICAST> \n$/);
    expect({ stderr, status }).toEqual({
      stderr: 'Device "nope" does not exist.\nCommand failed /tmp/batch:4\n',
      status: 1,
    });
  });

  test("a wrong command line ends the program itself, even with -force", () => {
    expect(ip("-force -b -", "link foo\nlink show nope\n")).toEqual({
      stdout: "",
      stderr: 'Command "foo" is unknown, try "ip link help".\n',
      status: 255,
    });
  });

  test("quotes keep blanks together, a backslash joins lines", () => {
    expect(ip("-b -", 'link set v0 \\\n alias "a b"\nlink show nope\n').stderr).toBe(
      'Device "nope" does not exist.\nCommand failed -:3\n',
    );
  });

  test("a file that is not there", () => {
    expect(ip("-b /tmp/none", "")).toEqual({
      stdout: "",
      stderr: 'Cannot open file "/tmp/none" for reading: No such file or directory\n',
      status: 1,
    });
  });
});
