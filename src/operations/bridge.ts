import { parseBridgeFdb } from "./bridge-fdb.ts";
import { parseBridgeLink } from "./bridge-link.ts";
import { readBridgeOptions } from "./bridge-options.ts";
import { parseBridgeVlan } from "./bridge-vlan.ts";
import { bridgeHelp } from "./help-texts.ts";
import { rtnetlinkAnswers } from "./ip.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import type { Operation, Question } from "./operation.ts";
import type { Tool } from "./tool.ts";
import { ToolError } from "./tool-error.ts";
import { abbreviates, matches, Words } from "./words.ts";

type ObjectParser = (words: Words, show: ShowOptions) => Operation | Question;

/** The objects in the order of the real table; null: known, not simulated. */
const OBJECTS: readonly (readonly [name: string, parse: ObjectParser | null])[] = [
  ["link", parseBridgeLink],
  ["fdb", parseBridgeFdb],
  ["mdb", null],
  ["vlan", parseBridgeVlan],
  ["vni", null],
  ["monitor", null],
];

/** `bridge` of iproute2 6.1. */
export const bridgeTool: Tool = {
  name: "bridge",
  entersNamespaces: true,
  parse(args) {
    const words = new Words(args);
    const { show, netns, batch, force } = readBridgeOptions(words);
    if (batch !== null) {
      const options = [...(netns === undefined ? [] : ["-n", netns]), ...optionWords(show)];
      return [{ batch, tool: "bridge", options, force }];
    }
    if (words.done) throw new ToolError(bridgeHelp, 255);
    const word = words.next();
    const object = OBJECTS.find(([name, parse]) =>
      parse === null ? abbreviates(word, name) : matches(word, name),
    );
    if (object === undefined && matches(word, "help")) throw new ToolError(bridgeHelp, 255);
    if (object === undefined) throw new ToolError(`Object "${word}" is unknown, try "bridge help".`, 255);
    const parse = object[1];
    if (parse === null) throw new ToolError(`bridge ${object[0]}: not simulated`, 1);
    const command = parse(words, show);
    return [netns === undefined ? command : { ...command, netns }];
  },
  refused: (error) => ({ stderr: rtnetlinkAnswers(error).stderr, status: 255 }),
};
