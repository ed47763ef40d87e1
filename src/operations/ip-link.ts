import type { MutableLinkAttributes } from "./link-attributes.ts";
import { readLinkAttribute } from "./link-attributes.ts";
import type { LinkSet } from "./link-set.ts";
import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { garbage, matches, type Words } from "./words.ts";

/** Parses what stands after `ip link`. @throws {ToolError} */
export function parseIpLink(words: Words): Command {
  const word = words.peek;
  if (matches(word, "set")) {
    words.next();
    return parseLinkSet(words);
  }
  throw new ToolError(`Command "${word}" is unknown, try "ip link help".`, 255);
}

function parseLinkSet(words: Words): LinkSet {
  const attributes: MutableLinkAttributes = {};
  let dev: string | undefined;
  while (!words.done) {
    if (readLinkAttribute(words, attributes)) continue;
    words.takes("dev");
    const word = words.next();
    if (dev !== undefined) throw garbage("dev", word);
    dev = word;
  }
  if (dev === undefined) throw new ToolError('Not enough information: "dev" argument is required.', 255);
  return { op: "link-set", dev, ...attributes };
}
