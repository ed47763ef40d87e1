import { expect, test } from "vitest";
import { busyboxErrors } from "./text-tool-errors.ts";

/** What just-bash says, and what busybox 1.35 says. GNU's words are in test/shell-cases.txt. */
test.each([
  ["find: nofile: No such file or directory", "find: nofile: No such file or directory"],
  ["tail: nofile: No such file or directory", "tail: can't open 'nofile': No such file or directory"],
  ["sort: nofile: No such file or directory", "sort: nofile: No such file or directory"],
  [
    "rm: cannot remove 'nofile': No such file or directory",
    "rm: can't remove 'nofile': No such file or directory",
  ],
  [
    "cp: cannot stat 'nofile': No such file or directory",
    "cp: can't stat 'nofile': No such file or directory",
  ],
  [
    "mv: cannot stat 'nofile': No such file or directory",
    "mv: can't rename 'nofile': No such file or directory",
  ],
  [
    "rmdir: failed to remove 'nofile': No such file or directory",
    "rmdir: 'nofile': No such file or directory",
  ],
  [
    "touch: cannot touch 'd/x': ENOENT: no such file or directory, open '/d/x'",
    "touch: /d/x: No such file or directory",
  ],
  [
    "mkdir: cannot create directory 'f/x': ENOTDIR: not a directory, open 'f/x'",
    "mkdir: can't create directory 'f/x': Not a directory",
  ],
])("%s", (said, applet) => {
  expect(busyboxErrors(`${said}\n`)).toBe(`${applet}\n`);
});
