import { ipNetnsHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { matches, unsigned, type Words, wrong } from "./words.ts";

/** Parses what stands after `ip netns` (the order of its own comparisons). @throws {ToolError} */
export function parseIpNetns(words: Words, show: ShowOptions, all: boolean): Command {
  const options = Object.keys(show).length === 0 ? {} : { options: show };
  if (words.done) return { ask: "netns-list", ...options };
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("show", "list", "lst")) return { ask: "netns-list", ...options };
  if (is("list-id")) return listId(words, options);
  if (is("help")) throw new ToolError(ipNetnsHelp, 255);
  if (is("add")) return { op: "netns-add", name: name(words) };
  if (is("set")) return set(words);
  if (is("delete")) return all ? { op: "netns-del" } : { op: "netns-del", name: name(words) };
  if (is("identify")) return { ask: "netns-identify", ...(words.done ? {} : { pid: pid(words) }) };
  if (is("pids")) return { ask: "netns-pids", name: name(words) };
  if (is("exec")) {
    if (!all && words.done) throw new ToolError("No netns name specified", 1);
    const netns = all ? null : words.next("namespace");
    if (words.done) throw new ToolError("No command specified", 1);
    return { exec: "netns", netns, argv: words.rest() };
  }
  if (is("monitor")) throw new ToolError("ip netns monitor: not simulated", 1);
  if (is("attach")) {
    if (words.left < 2)
      throw new ToolError(words.done ? "No netns name and PID specified" : "No PID specified", 1);
    return { op: "netns-attach", name: name(words), pid: pid(words) };
  }
  throw new ToolError(`Command "${word}" is unknown, try "ip netns help".`, 255);
}

function name(words: Words): string {
  if (words.done) throw new ToolError("No netns name specified", 1);
  const text = words.next("namespace");
  if (text === "" || text === "." || text === ".." || text.includes("/"))
    throw new ToolError(`Invalid netns name "${text}"`, 255);
  return text;
}

function pid(words: Words): number {
  const text = words.next();
  const value = unsigned(text, 0x7fffffff);
  if (value === null) throw new ToolError(`Specified string '${text}' is not a pid`, 1);
  return value;
}

function set(words: Words): Command {
  const netns = name(words);
  if (words.done) throw new ToolError("No nsid specified", 1);
  const text = words.next();
  if (text === "auto") return { op: "netns-set", name: netns, id: "auto" };
  const id = unsigned(text.replace(/^-/, ""), 0x7fffffff);
  if (id === null) throw wrong(text, 'Invalid "netnsid" value');
  if (text.startsWith("-")) throw wrong(text, '"netnsid" value should be >= 0');
  return { op: "netns-set", name: netns, id };
}

function listId(words: Words, options: { readonly options?: ShowOptions }): Command {
  let id: number | undefined;
  while (!words.done) {
    const word = words.next();
    if (word === "target-nsid") throw new ToolError("ip netns list-id target-nsid: not simulated", 1);
    if (word !== "nsid") throw new ToolError("unknown argument", 1);
    const text = words.next();
    const value = unsigned(text, 0x7fffffff);
    if (value === null) throw wrong(text, '"nsid" value is invalid');
    id = value;
  }
  return { ask: "netns-list-id", ...(id === undefined ? {} : { id }), ...options };
}
