import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { matches, type Words } from "./words.ts";

/** Parses what stands after `ip netns`. @throws {ToolError} */
export function parseIpNetns(words: Words, all: boolean): Command {
  const word = words.peek;
  if (matches(word, "add")) {
    words.next();
    if (words.done) throw new ToolError("No netns name specified", 1);
    return { op: "netns-add", name: words.next() };
  }
  if (matches(word, "exec")) {
    words.next();
    if (!all && words.done) throw new ToolError("No netns name specified", 1);
    const netns = all ? null : words.next();
    if (words.done) throw new ToolError("No command specified", 1);
    return { exec: "netns", netns, argv: words.rest() };
  }
  throw new ToolError(`Command "${word}" is unknown, try "ip netns help".`, 255);
}
