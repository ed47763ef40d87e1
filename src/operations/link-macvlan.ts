import { addMacvlan, type MacvlanMode, macvlanModes, macvlanOf } from "../link/macvlan.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
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
    const device = addMacvlan(
      namespace,
      nameOr(namespace, name, "macvlan"),
      link,
      modeOf(options) ?? "vepa",
      common,
    );
    setQueueLength(device, options);
    return device;
  },
  change(device, options) {
    const mode = modeOf(options);
    if (mode !== null) macvlanOf(device)!.setMode(mode);
    setQueueLength(device, options);
  },
  details(device) {
    const { mode, queueLength, port } = macvlanOf(device)!;
    return `mode ${mode} bcqueuelen ${queueLength} usedbcqueuelen ${port.queueLength} `;
  },
  json(device) {
    const { mode, queueLength, port } = macvlanOf(device)!;
    return { mode, bcqueuelen: queueLength, usedbcqueuelen: port.queueLength };
  },
};

function modeOf(options: LinkOptions): MacvlanMode | null {
  return macvlanModes.find((mode) => mode === options["mode"]) ?? null;
}

function setQueueLength(device: NetDevice, { bcqueuelen }: LinkOptions): void {
  if (typeof bcqueuelen === "number") macvlanOf(device)!.queueLength = bcqueuelen;
}

/** `key value` of those keys that are there. */
function keyedWords(options: LinkOptions, keys: readonly string[]): string[] {
  return keys.flatMap((key) => (options[key] === undefined ? [] : [key, `${options[key]}`]));
}
