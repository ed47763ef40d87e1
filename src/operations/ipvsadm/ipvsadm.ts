import type { Tool } from "../tool.ts";
import { parseIpvsadm } from "./parse-ipvsadm.ts";

/** ipvsadm 1.31. IPv6, SIP's persistence engine, the synchronisation daemon and tunnels in UDP or GRE are not simulated. */
export const ipvsadm: Tool = {
  name: "ipvsadm",
  entersNamespaces: false,
  readsInput: (args) => args[0] === "-R" || args[0] === "--restore",
  parse: (args, _toolbox, outside) => parseIpvsadm(args, outside ?? null, false),
  refused: (error) => ({ stderr: `${error.message}\n`, status: 255 }),
};
