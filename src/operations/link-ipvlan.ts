import { addIpvlan, ipvlanMode } from "../link/ipvlan.ts";
import { KernelError } from "../net/kernel-error.ts";
import { type LinkType, nameOr } from "./link-type.ts";
import { ipvlanHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same } from "./words.ts";

/** `link LOWER type ipvlan mode MODE`: of its modes l2 and l3 are simulated, of its flags `bridge`. */
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
    const mode = `${options["mode"] ?? "l3"}`.toLowerCase();
    if (mode !== "l2" && mode !== "l3")
      throw new ToolError(`ip: ipvlan mode ${mode} is not simulated, modes l2 and l3 are`, 1);
    return addIpvlan(namespace, nameOr(namespace, name, "ipvlan"), link, { ...common, mode });
  },
  /** A blank stands in front of it in iproute2 itself. */
  details: (device) => ` mode ${ipvlanMode(device)} bridge `,
  json: (device) => ({ mode: ipvlanMode(device), bridge: true }),
};
