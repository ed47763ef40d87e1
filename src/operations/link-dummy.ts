import { addDummy } from "../link/dummy.ts";
import { type LinkType, nameOr } from "./link-type.ts";
import { dummyHelp } from "./link-type-help.ts";

/** `type dummy`. iproute2 reads nothing of what follows. */
export const dummy: LinkType = {
  kind: "dummy",
  help: dummyHelp,
  parse(words) {
    words.rest();
    return {};
  },
  words: () => [],
  create: ({ namespace, name, common }) => addDummy(namespace, nameOr(namespace, name, "dummy"), common),
};
