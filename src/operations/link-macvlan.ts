import { addMacvlan, macvlanModes, macvlanOf } from "../link/macvlan.ts";
import { KernelError } from "../net/kernel-error.ts";
import { type LinkOptions, type LinkType, nameOr } from "./link-type.ts";
import { macvlanHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { matches, same, unsigned, wrong } from "./words.ts";

/** `link LOWER type macvlan mode MODE` */
export const macvlan: LinkType = {
  kind: "macvlan",
  help: macvlanHelp,
  parse(words) {
    const options: Record<string, string | number> = {};
    while (!words.done) {
      const word = words.next();
      if (matches(word, "mode")) {
        const mode = words.next();
        if (!macvlanModes.some((name) => same(mode, name)))
          throw new ToolError(
            mode === "source"
              ? "ip: macvlan mode source is not simulated"
              : `Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "${mode}"`,
            1,
          );
        options["mode"] = mode;
      } else if (matches(word, "bcqueuelen")) {
        const text = words.next();
        const length = unsigned(text);
        if (length === null) throw wrong(text, 'Invalid value for "bcqueuelen"');
        options["bcqueuelen"] = length;
      } else if (matches(word, "help")) throw new ToolError(macvlanHelp, 1);
      else throw new ToolError(`macvlan: unknown option "${word}"?\n${macvlanHelp}`, 1);
    }
    return options;
  },
  words: (options) => keyedWords(options, ["mode", "bcqueuelen"]),
  create({ namespace, name, link, common, options }) {
    if (link === null) throw new KernelError("EINVAL");
    const mode = macvlanModes.find((m) => m === options["mode"]) ?? "vepa";
    return addMacvlan(namespace, nameOr(namespace, name, "macvlan"), link, mode, common);
  },
  details(device) {
    return `mode ${macvlanOf(device)!.mode} bcqueuelen 1000 usedbcqueuelen 1000 `;
  },
  json(device) {
    return { mode: macvlanOf(device)!.mode, bcqueuelen: 1000, usedbcqueuelen: 1000 };
  },
};

/** `key value` of those keys that are there. */
function keyedWords(options: LinkOptions, keys: readonly string[]): string[] {
  return keys.flatMap((key) => (options[key] === undefined ? [] : [key, `${options[key]}`]));
}
