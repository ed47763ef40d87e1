import { bridgeVlanHelp } from "./help-texts.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Operation, Question } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { readVlanAttributes } from "./vlan-change.ts";
import { readVlanShow } from "./vlan-show.ts";
import { matches, type Words } from "./words.ts";

/** Parses what stands after `bridge vlan`. @throws {ToolError} */
export function parseBridgeVlan(words: Words, show: ShowOptions): Operation | Question {
  if (words.done) return readVlanShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return { op: "vlan-add", ...readVlanAttributes(words) };
  if (is("delete")) return { op: "vlan-del", ...readVlanAttributes(words) };
  if (is("show", "list", "lst")) return readVlanShow(words, show);
  if (is("tunnelshow", "set", "global")) throw new ToolError(`bridge vlan ${word}: not simulated`, 1);
  if (is("help")) throw new ToolError(bridgeVlanHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "bridge vlan help".`, 255);
}
