import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { addVxlan, vxlanOf } from "../vxlan/add-vxlan.ts";
import { changeVxlan } from "../vxlan/change-vxlan.ts";
import type { VxlanConfig, VxlanDf } from "../vxlan/vxlan-config.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { JsonObject } from "./json.ts";
import { type LinkOptions, type LinkType, nameOr } from "./link-type.ts";
import { vxlanHelp } from "./link-type-help.ts";
import type { Mutable } from "./mutable.ts";
import { ToolError } from "./tool-error.ts";
import { parseVxlan, vxlanWords } from "./vxlan-words.ts";

/** `type vxlan id VNI ...` */
export const vxlan: LinkType = {
  kind: "vxlan",
  help: vxlanHelp,
  parse: parseVxlan,
  words: vxlanWords,
  warning: (options) => (options["dstport"] === undefined && Object.keys(options).length > 0 ? NO_PORT : ""),
  create({ namespace, context, name, common, options }) {
    if (options["id"] === undefined)
      throw new KernelError("EINVAL", "Required attributes not provided to perform the operation");
    return addVxlan(
      context.namespace,
      nameOr(namespace, name, "vxlan"),
      { vni: Number(options["id"]), ...configOf(options, context.namespace) },
      { ...common, target: namespace },
    );
  },
  change(device, options, context) {
    const { id, ...rest } = options;
    const vni = id === undefined ? {} : { vni: Number(id) };
    changeVxlan(vxlanOf(device)!, { ...vni, ...configOf(rest, context.namespace) });
  },
  linkNamespace: (device) => vxlanOf(device)!.ns,
  details(device) {
    const c = vxlanOf(device)!.config;
    const words: string[] = ["id", `${c.vni}`];
    if (c.remote !== 0) words.push(ip.isMulticast(c.remote) ? "group" : "remote", ip.format(c.remote));
    if (c.local !== 0) words.push("local", ip.format(c.local));
    if (c.lower !== null) words.push("dev", c.lower.ns === device.ns ? c.lower.name : `if${c.lower.ifindex}`);
    words.push("srcport", `${c.sourcePortFirst}`, `${c.sourcePortLast}`, "dstport", `${c.dstPort}`);
    if (!c.learning) words.push("nolearning");
    for (const key of ["proxy", "rsc", "l2miss", "l3miss"] as const) if (c[key]) words.push(key);
    if (c.tosInherit) words.push("tos", "inherit");
    else if (c.tos !== 0) words.push("tos", `0x${c.tos.toString(16)}`);
    words.push("ttl", c.ttlInherit ? "inherit" : c.ttl === 0 ? "auto" : `${c.ttl}`);
    if (c.df !== "unset") words.push("df", c.df);
    words.push("ageing", `${c.ageing}`);
    if (c.maxAddress !== 0) words.push("maxaddr", `${c.maxAddress}`);
    words.push(c.udpCsum ? "udpcsum" : "noudpcsum", "noudp6zerocsumtx", "noudp6zerocsumrx");
    return `${words.join(" ")} `;
  },
  json(device): JsonObject {
    const c = vxlanOf(device)!.config;
    const remote = c.remote === 0 ? undefined : ip.format(c.remote);
    const group = ip.isMulticast(c.remote);
    return {
      id: c.vni,
      group: group ? remote : undefined,
      remote: group ? undefined : remote,
      local: c.local === 0 ? undefined : ip.format(c.local),
      link: c.lower === null ? undefined : c.lower.ns === device.ns ? c.lower.name : `if${c.lower.ifindex}`,
      port_range: { low: c.sourcePortFirst, high: c.sourcePortLast },
      port: c.dstPort,
      learning: c.learning,
      proxy: c.proxy || undefined,
      rsc: c.rsc || undefined,
      l2miss: c.l2miss || undefined,
      l3miss: c.l3miss || undefined,
      tos: c.tosInherit ? "0x1" : c.tos === 0 ? undefined : `0x${c.tos.toString(16)}`,
      ttl: c.ttl,
      df: c.df,
      ageing: c.ageing,
      limit: c.maxAddress === 0 ? undefined : c.maxAddress,
      udp_csum: c.udpCsum,
      udp_zero_csum6_tx: false,
      udp_zero_csum6_rx: false,
    };
  },
};

/** The configuration that the words name. @throws {ToolError} for a device that is not there */
function configOf(options: LinkOptions, ns: NetworkNamespace): Partial<VxlanConfig> {
  const config: Partial<Mutable<VxlanConfig>> = {};
  const address = options["group"] ?? options["remote"];
  if (address !== undefined) config.remote = ip.parse(String(address)) ?? 0;
  if (options["local"] !== undefined) config.local = ip.parse(String(options["local"])) ?? 0;
  if (options["dev"] !== undefined) {
    const lower = ns.device(String(options["dev"]));
    if (lower === null) throw new ToolError(`Cannot find device "${options["dev"]}"`, 255);
    config.lower = lower;
  }
  if (options["dstport"] !== undefined) config.dstPort = Number(options["dstport"]);
  if (options["srcport"] !== undefined) {
    const [first = 0, last = 0] = String(options["srcport"]).split(" ").map(Number);
    config.sourcePortFirst = first;
    config.sourcePortLast = last;
  }
  if (options["ttl"] === "inherit") config.ttlInherit = true;
  else if (options["ttl"] !== undefined) config.ttl = options["ttl"] === "auto" ? 0 : Number(options["ttl"]);
  if (options["tos"] === "inherit") config.tosInherit = true;
  else if (options["tos"] !== undefined) config.tos = Number(options["tos"]);
  if (options["df"] !== undefined) config.df = options["df"] as VxlanDf;
  if (options["ageing"] !== undefined) config.ageing = Number(options["ageing"]);
  if (options["maxaddress"] !== undefined) config.maxAddress = Number(options["maxaddress"]);
  for (const key of ["learning", "proxy", "rsc", "l2miss", "l3miss"] as const)
    if (options[key] !== undefined) config[key] = options[key] === true;
  if (options["udpcsum"] !== undefined) config.udpCsum = options["udpcsum"] === true;
  return config;
}

const NO_PORT =
  "vxlan: destination port not specified\nWill use Linux kernel default (non-standard value)\n" +
  "Use 'dstport 4789' to get the IANA assigned value\nUse 'dstport 0' to get default and quiet this message\n";
