import { addIpvlan } from "../link/ipvlan.ts";
import { KernelError } from "../net/kernel-error.ts";
import { type LinkType, nameOr } from "./link-type.ts";
import { ipvlanHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same } from "./words.ts";

/** `link LOWER type ipvlan mode l2`: of its modes l2 is simulated, of its flags `bridge`. */
export const ipvlan: LinkType = {
  kind: "ipvlan",
  help: ipvlanHelp,
  parse(words) {
    const options: Record<string, string | boolean> = {};
    while (!words.done) {
      const word = words.next();
      if (matches(word, "mode")) {
        const mode = words.next();
        if (!["l2", "l3", "l3s"].some((name) => same(mode, name)))
          throw new ToolError('Error: argument of "mode" must be either "l2", "l3" or "l3s"', 1);
        options["mode"] = mode;
      } else if (same(word, "bridge")) options["bridge"] = true;
      else if (same(word, "private") || same(word, "vepa"))
        throw new ToolError(`ip: ipvlan ${word} is not simulated`, 1);
      else if (matches(word, "help")) throw new ToolError(ipvlanHelp, 1);
      else throw new ToolError(`ipvlan: unknown option "${word}"?\n${ipvlanHelp}`, 1);
    }
    return options;
  },
  words: ({ mode, bridge }) => [
    ...(mode === undefined ? [] : ["mode", `${mode}`]),
    ...(bridge === undefined ? [] : ["bridge"]),
  ],
  create({ namespace, name, link, common, options }) {
    if (link === null) throw new KernelError("EINVAL");
    // The kernel's own default is l3, which goes by routes instead of neighbours.
    if (options["mode"] !== "l2")
      throw new ToolError(`ip: ipvlan mode ${options["mode"] ?? "l3"} is not simulated, mode l2 is`, 1);
    return addIpvlan(namespace, nameOr(namespace, name, "ipvlan"), link, common);
  },
  /** A blank stands in front of it in iproute2 itself. */
  details: () => " mode l2 bridge ",
  json: () => ({ mode: "l2", bridge: true }),
};
