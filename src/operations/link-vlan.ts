import { addVlan, vlanIdOf } from "../link/vlan.ts";
import { KernelError } from "../net/kernel-error.ts";
import { type LinkType, nameOr } from "./link-type.ts";
import { vlanHelp } from "./link-type-help.ts";
import { ToolError } from "./tool-error.ts";
import { abbreviates, matches, unsigned, wrong } from "./words.ts";

/** What iproute2 understands and nothing here heeds. */
const NOT_SIMULATED = [
  "reorder_hdr",
  "gvrp",
  "mvrp",
  "loose_binding",
  "bridge_binding",
  "ingress-qos-map",
  "egress-qos-map",
];

/** `link LOWER type vlan id ID` */
export const vlan: LinkType = {
  kind: "vlan",
  help: vlanHelp,
  parse(words) {
    const options: Record<string, string | number> = {};
    while (!words.done) {
      const word = words.next();
      if (matches(word, "protocol")) {
        const protocol = words.next();
        if (protocol.toLowerCase() !== "802.1q")
          throw new ToolError(
            protocol.toLowerCase() === "802.1ad"
              ? "ip: vlan protocol 802.1ad is not simulated"
              : `Error: argument "${protocol}" is wrong: protocol is invalid\n`,
            protocol.toLowerCase() === "802.1ad" ? 1 : 255,
          );
      } else if (matches(word, "id")) {
        const text = words.next();
        const id = unsigned(text, 0xffff);
        if (id === null) throw wrong(text, "id is invalid");
        options["id"] = id;
      } else if (matches(word, "help")) throw new ToolError(vlanHelp, 1);
      else if (NOT_SIMULATED.some((name) => abbreviates(word, name)))
        throw new ToolError(`ip: vlan option "${word}" is not simulated`, 1);
      else throw new ToolError(`vlan: unknown command "${word}"?\n${vlanHelp}`, 1);
    }
    return options;
  },
  words: ({ id }) => (id === undefined ? [] : ["id", `${id}`]),
  create({ namespace, name, link, common, options }) {
    const { id } = options;
    if (id === undefined) throw new KernelError("EINVAL", "8021q: VLAN properties not specified");
    if (Number(id) > 4094) throw new KernelError("ERANGE", "8021q: Invalid VLAN id");
    if (link === null) throw new KernelError("EINVAL", "8021q: link not specified");
    return addVlan(namespace, nameOr(namespace, name, "vlan"), link, Number(id), common);
  },
  details: (device) => `protocol 802.1Q id ${vlanIdOf(device)} <REORDER_HDR> `,
  json: (device) => ({ protocol: "802.1Q", id: vlanIdOf(device) ?? 0, flags: ["REORDER_HDR"] }),
};
