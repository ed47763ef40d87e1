import type { ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import type { Command } from "./operation.ts";
import { parseQdiscOptions, type QdiscOptions } from "./qdisc-options.ts";
import type { QdiscParent, QdiscSet } from "./qdisc-place.ts";
import type { QdiscShow } from "./qdisc-show.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, matches, same, type Words, wrong } from "./words.ts";

const USAGE = `Usage: tc qdisc [ add | del | replace | change | show ] dev STRING
       [ handle QHANDLE ] [ root | ingress | clsact | parent CLASSID ]
       [ estimator INTERVAL TIME_CONSTANT ]
       [ stab [ help | STAB_OPTIONS] ]
       [ ingress_block BLOCK_INDEX ] [ egress_block BLOCK_INDEX ]
       [ [ QDISC_KIND ] [ help | OPTIONS ] ]

       tc qdisc { show | list } [ dev STRING ] [ QDISC_ID ] [ invisible ]
Where:
QDISC_KIND := { [p|b]fifo | tbf | prio | cbq | red | etc. }
OPTIONS := ... try tc qdisc add <desired QDISC_KIND> help
STAB_OPTIONS := ... try tc qdisc add stab help
QDISC_ID := { root | ingress | handle QHANDLE | parent CLASSID }
`;

/** Parses what stands after `tc qdisc` (do_qdisc). @throws {ToolError} */
export function parseTcQdisc(words: Words, show: ShowOptions): Command {
  if (words.done) return parseShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return parseSet(words, "add");
  if (is("change")) return parseSet(words, "change");
  if (is("replace")) return parseSet(words, "replace");
  if (is("link")) return parseSet(words, "link");
  if (is("delete")) return parseDel(words);
  if (is("show", "list", "lst")) return parseShow(words, show);
  if (is("help")) throw new ToolError(USAGE, 0);
  throw new ToolError(`Command "${word}" is unknown, try "tc qdisc help".`, 255);
}

/** `1:`, `1` or `1:2`, hexadecimal; the upper 16 bits. @throws {ToolError} */
function readHandle(text: string): number {
  const match = /^(?:0x)?([0-9a-f]+)(?::.*)?$/i.exec(text);
  const major = match === null ? Number.NaN : Number.parseInt(match[1]!, 16);
  if (text === "none") return 0;
  if (!(major <= 0xffff)) throw wrong(text, "invalid qdisc ID");
  return major;
}

/** `1:2`; the lower half may be missing. @throws {ToolError} */
function readClassid(text: string): number {
  const match = /^([0-9a-f]{1,4}):([0-9a-f]{0,4})$/i.exec(text);
  if (match === null) throw wrong(text, "invalid parent ID");
  const minor = match[2] === "" ? 0 : Number.parseInt(match[2]!, 16);
  return ((Number.parseInt(match[1]!, 16) << 16) | minor) >>> 0;
}

interface Place {
  readonly dev: string | undefined;
  readonly parent: QdiscParent | undefined;
  readonly handle: number | undefined;
  /** The first word that says nothing of the place: a kind. */
  readonly kind: string | undefined;
}

/** Reads up to the kind. @throws {ToolError} */
function readPlace(words: Words): Place {
  let dev: string | undefined;
  let parent: QdiscParent | undefined;
  let handle: number | undefined;
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev")) {
      const name = words.next("device");
      if (dev !== undefined) throw duplicate("dev", name);
      dev = name;
    } else if (same(word, "handle")) {
      if (handle !== undefined) throw duplicate("handle", "handle");
      handle = readHandle(words.next());
    } else if (same(word, "root")) {
      if (parent !== undefined) throw new ToolError('Error: "root" is duplicate parent ID', 255);
      parent = "root";
    } else if (same(word, "parent")) {
      const text = words.next();
      if (parent !== undefined) throw duplicate("parent", "parent");
      parent = { classid: readClassid(text) };
    } else if (same(word, "ingress", "clsact") || same(word, "estimator", "stab")) {
      throw new ToolError(`tc qdisc: ${word} is not simulated`, 1);
    } else if (matches(word, "help")) throw new ToolError(USAGE, 0);
    else return { dev, parent, handle, kind: word };
  }
  return { dev, parent, handle, kind: undefined };
}

function named(dev: string | undefined): string {
  if (dev === undefined) throw new ToolError("RTNETLINK answers: No such device", 2);
  return dev;
}

function parseSet(words: Words, verb: QdiscSet["verb"]): Command {
  const { dev, parent, handle, kind } = readPlace(words);
  const qdisc: QdiscOptions | undefined = kind === undefined ? undefined : parseQdiscOptions(kind, words);
  return {
    op: "qdisc-set",
    verb,
    dev: named(dev),
    ...(parent === undefined ? {} : { parent }),
    ...(handle === undefined ? {} : { handle }),
    ...(qdisc === undefined ? {} : { qdisc }),
  };
}

function parseDel(words: Words): Command {
  const { dev, parent, handle, kind } = readPlace(words);
  if (kind !== undefined) parseQdiscOptions(kind, words);
  return {
    op: "qdisc-del",
    dev: named(dev),
    ...(parent === undefined ? {} : { parent }),
    ...(handle === undefined ? {} : { handle }),
    ...(kind === undefined ? {} : { kind }),
  };
}

function parseShow(words: Words, options: ShowOptions): Command {
  const question: Mutable<QdiscShow> = { ask: "qdisc-show" };
  if (Object.keys(options).length > 0) question.options = options;
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev")) question.dev = words.next("device");
    else if (same(word, "root")) question.root = true;
    else if (same(word, "invisible")) question.invisible = true;
    else if (same(word, "handle")) question.handle = readHandle(words.next());
    else if (same(word, "parent")) question.handle = readClassid(words.next()) >>> 16;
    else if (same(word, "ingress", "clsact")) return { ...question, handle: 0xffff };
    else if (matches(word, "help")) throw new ToolError(USAGE, 0);
    else throw new ToolError(`What is "${word}"? Try "tc qdisc help".`, 255);
  }
  return question;
}
