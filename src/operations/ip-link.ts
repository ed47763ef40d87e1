import type { ValueKind } from "./expected.ts";
import { ipLinkHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { LinkAdd } from "./link-add.ts";
import {
  isInterfaceName,
  type MutableLinkAttributes,
  readGroup,
  readLinkAttribute,
} from "./link-attributes.ts";
import type { LinkDel } from "./link-del.ts";
import type { LinkSet } from "./link-set.ts";
import type { DeviceFilter, LinkShow } from "./link-show.ts";
import type { LinkOptions } from "./link-type.ts";
import type { Mutable } from "./mutable.ts";
import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import type { Toolbox } from "./toolbox.ts";
import { garbage, matches, same, type Words, wrong } from "./words.ts";

/** Parses what stands after `ip link`. @throws {ToolError} */
export function parseIpLink(words: Words, show: ShowOptions, toolbox: Toolbox): Command {
  if (words.done) return linkShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return linkAdd(words, toolbox);
  if (is("set", "change")) return linkSet(words, toolbox);
  if (is("replace")) throw new ToolError("RTNETLINK answers: Operation not supported", 2);
  if (is("delete")) return linkDel(words);
  if (is("show", "list", "lst")) return linkShow(words, show);
  if (is("help")) throw help(words, toolbox);
  throw new ToolError(`Command "${word}" is unknown, try "ip link help".`, 255);
}

/** `ip link help [TYPE]` */
function help(words: Words, toolbox: Toolbox): ToolError {
  const kind = words.done ? "" : words.next();
  const text = toolbox.linkTypes.get(kind)?.help ?? toolbox.slaveType(kind)?.help;
  return text === undefined ? new ToolError(ipLinkHelp, 255) : new ToolError(text, 0);
}

/** Lets the completion of a line know what `type` may be followed by. */
function offerTypes(kind: string, toolbox: Toolbox): void {
  for (const type of toolbox.linkTypes.values()) {
    same(kind, type.kind);
    if (type.slaves !== undefined) same(kind, type.slaves.kind);
  }
}

/** Words behind a type that is not known. @throws {ToolError} */
function refuseRest(words: Words): void {
  if (!words.done)
    throw new ToolError(`Garbage instead of arguments "${words.peek} ...". Try "ip link help".`, 1);
}

interface Parsed {
  readonly attributes: MutableLinkAttributes;
  readonly dev: string | undefined;
  readonly link: string | undefined;
  readonly kind: string | undefined;
}

/** Reads attributes up to `type KIND` or the end (iplink_parse); `name`: what the device's own name is. @throws {ToolError} */
export function parseAttributes(words: Words, name?: ValueKind): Parsed {
  const attributes: MutableLinkAttributes = {};
  let dev: string | undefined;
  let link: string | undefined;
  let kind: string | undefined;
  while (!words.done) {
    const word = words.peek;
    if (matches(word, "link")) {
      words.next();
      link = words.next("device");
    } else if (readLinkAttribute(words, attributes)) continue;
    else if (matches(word, "type")) {
      words.next();
      kind = words.next();
      break;
    } else {
      if (matches(word, "help")) throw new ToolError(ipLinkHelp, 255);
      words.takes("dev");
      const text = words.next(dev === undefined ? name : undefined);
      if (dev !== undefined) throw garbage("dev", text);
      if (!isInterfaceName(text, 127)) throw wrong(text, '"dev" not a valid ifname');
      dev = text;
    }
  }
  return { attributes, dev, link, kind };
}

function linkAdd(words: Words, toolbox: Toolbox): LinkAdd {
  const { attributes, dev, link, kind } = parseAttributes(words);
  if (kind !== undefined) offerTypes(kind, toolbox);
  const options = kind === undefined ? {} : (toolbox.linkTypes.get(kind)?.parse(words) ?? {});
  refuseRest(words);
  if (kind === undefined) throw new ToolError('Not enough information: "type" argument is required', 1);
  const name = attributes.name ?? dev;
  return {
    op: "link-add",
    ...attributes,
    ...(name === undefined ? {} : { name }),
    kind,
    ...(link === undefined ? {} : { link }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function linkSet(words: Words, toolbox: Toolbox): LinkSet {
  const { attributes, dev, kind } = parseAttributes(words, "device");
  let options: LinkOptions = {};
  if (kind !== undefined) offerTypes(kind, toolbox);
  if (kind !== undefined && !words.done) {
    const type = toolbox.linkTypes.get(kind) ?? toolbox.slaveType(kind);
    if (type !== null) options = type.parse(words);
    refuseRest(words);
  }
  if (dev === undefined && attributes.group === undefined && attributes.name === undefined)
    throw new ToolError('Not enough information: "dev" argument is required.', 255);
  if (attributes.index !== undefined && attributes.into === undefined)
    throw new ToolError(
      "index can be used only when creating devices or when moving device to another netns.",
      255,
    );
  const target = dev ?? attributes.name;
  return {
    op: "link-set",
    ...(target === undefined ? {} : { dev: target }),
    ...attributes,
    ...(kind === undefined ? {} : { kind }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

function linkDel(words: Words): LinkDel {
  const { attributes, dev, kind } = parseAttributes(words, "device");
  const name = dev ?? attributes.name;
  if (name === undefined && attributes.group === undefined)
    throw new ToolError('Not enough information: "dev" argument is required.', 255);
  return {
    op: "link-del",
    ...(name === undefined ? {} : { dev: name }),
    ...(name === undefined && attributes.group !== undefined ? { group: attributes.group } : {}),
    ...(kind === undefined ? {} : { kind }),
  };
}

function linkShow(words: Words, show: ShowOptions): LinkShow {
  const filter = parseFilter(words, () => false);
  return { ask: "link-show", ...filter, ...(Object.keys(show).length === 0 ? {} : { options: show }) };
}

/** Reads a filter of devices; `other` may take words that only addresses have. @throws {ToolError} */
export function parseFilter(words: Words, other: (words: Words) => boolean): DeviceFilter {
  const filter: Mutable<DeviceFilter> = {};
  while (!words.done) {
    if (words.takes("up")) filter.up = true;
    else if (words.takes("master") || words.takes("vrf")) filter.master = words.next("device");
    else if (words.takes("nomaster", "novrf")) filter.nomaster = true;
    else if (words.takes("type")) filter.type = words.next();
    else if (words.takes("group")) filter.group = readGroup(words.next());
    else if (other(words)) continue;
    else {
      if (same(words.peek, "dev")) words.next();
      else if (matches(words.peek, "help")) throw new ToolError(ipLinkHelp, 255);
      const dev = words.next("device");
      if (filter.dev !== undefined) throw garbage("dev", dev);
      filter.dev = dev;
    }
  }
  return filter;
}
