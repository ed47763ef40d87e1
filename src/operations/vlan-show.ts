import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import { type PortState, portStateNames, PortState as States } from "../bridge/port-state.ts";
import type { VlanMembership } from "../bridge/vlan-group.ts";
import type { NetDevice } from "../net/net-device.ts";
import { atoi, noDevice } from "./fdb-address.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, same, type Words } from "./words.ts";

/** `bridge vlan show` */
export interface VlanShow extends InNamespace {
  readonly ask: "vlan-show";
  readonly dev?: string;
  readonly vid?: number;
  readonly options?: ShowOptions;
}

/** VLANs that follow each other and are alike. */
interface VlanRange extends VlanMembership {
  readonly end: number;
}

/** Width of the column of names, with the gap after it. */
const COLUMN = 18;

export const vlanShow: QuestionRecord<VlanShow> = {
  tool: "bridge",
  words: ({ dev, vid, options }) => [
    ...optionWords(options ?? {}),
    "vlan",
    "show",
    ...(dev === undefined ? [] : ["dev", dev]),
    ...(vid === undefined ? [] : ["vid", `${vid}`]),
  ],
  answer({ dev, vid, options = {} }, { namespace }) {
    if (dev !== undefined && namespace.device(dev) === null) throw noDevice(dev);
    if (options.details && !namespace.host.kernel.bridgeVlanFiltering)
      throw new ToolError(
        "RTNETLINK answers: Operation not supported\nDump terminated",
        1,
        options.json ? "" : header(options),
      );
    const shown: (readonly [NetDevice, readonly VlanRange[]])[] = [];
    for (const device of namespace.devices) {
      if (dev !== undefined && device.name !== dev) continue;
      const ranges = rangesOf(device, options).filter(
        (range) => vid === undefined || (range.vid <= vid && vid <= range.end),
      );
      if (ranges.length > 0) shown.push([device, ranges]);
    }
    if (options.json)
      return printJson(
        shown.map(([device, ranges]) => ({
          ifname: device.name,
          vlans: ranges.map((range) => vlanJson(device, range, options)),
        })),
        options.pretty ?? false,
      );
    return header(options) + shown.map(([device, ranges]) => vlanText(device, ranges, options)).join("");
  },
};

/** Statistics alone come by another way, which heads its columns without blanks. */
function header({ statistics, details }: ShowOptions): string {
  return `${"port".padEnd(COLUMN)}vlan-id${statistics && !details ? "" : "  "}\n`;
}

/** Each VLAN, or runs of those that are alike with `-compressvlans` and `-d`; with statistics always each. */
function rangesOf(device: NetDevice, options: ShowOptions): readonly VlanRange[] {
  const memberships = (bridgeOf(device) ?? portOf(device))?.vlans.memberships ?? [];
  const together = (options.compressvlans || options.details) && !options.statistics;
  const ranges: VlanRange[] = [];
  for (const vlan of memberships) {
    const last = ranges.at(-1);
    if (
      together &&
      last !== undefined &&
      last.end === vlan.vid - 1 &&
      last.pvid === vlan.pvid &&
      last.untagged === vlan.untagged
    )
      ranges[ranges.length - 1] = { ...last, end: vlan.vid };
    else ranges.push({ ...vlan, end: vlan.vid });
  }
  return ranges;
}

function flagsOf({ pvid, untagged }: VlanRange): string[] {
  return [...(pvid ? ["PVID"] : []), ...(untagged ? ["Egress Untagged"] : [])];
}

/** A VLAN of a port has no spanning tree state of its own here. */
const STATE: PortState = States.forwarding;

function vlanText(device: NetDevice, ranges: readonly VlanRange[], options: ShowOptions): string {
  const newline = options.oneline ? "\\" : "\n";
  const indent = " ".repeat(COLUMN + 2);
  return ranges
    .map((range, i) => {
      const name = i === 0 ? device.name.padEnd(COLUMN - 2) : " ".repeat(COLUMN - 2);
      const ids = range.end === range.vid ? `${range.vid}` : `${range.vid}-${range.end}`;
      let text = `${name}  ${[ids, ...flagsOf(range)].join(" ")}${newline}`;
      if (options.details) text += `${indent}state ${portStateNames[STATE]} mcast_router 1 ${newline}`;
      // Counted only with vlan_stats_enabled, which nobody can switch on here.
      if (options.statistics) text += `${indent}RX: 0 bytes 0 packets\n${indent}TX: 0 bytes 0 packets\n`;
      return text;
    })
    .join("");
}

function vlanJson(device: NetDevice, range: VlanRange, options: ShowOptions): JsonObject {
  const { statistics, details } = options;
  const flags = flagsOf(range);
  const isRange = range.end !== range.vid;
  const statisticsOnly = statistics !== undefined && !details;
  // The tool opens the list for any flag of the kernel, also for those of which it says nothing.
  const withFlags =
    flags.length > 0 || (isRange && !details) || (statisticsOnly && bridgeOf(device) !== null);
  return {
    ...(statisticsOnly ? { vid: range.vid } : { vlan: range.vid }),
    vlanEnd: isRange ? range.end : undefined,
    flags: withFlags ? flags : undefined,
    ...(details ? { state: portStateNames[STATE]!, mcast_router: 1 } : {}),
    ...(statistics ? { rx_bytes: 0, rx_packets: 0, tx_bytes: 0, tx_packets: 0 } : {}),
  };
}

/** Reads what stands after `bridge vlan show`; unknown words are passed over, as there. @throws {ToolError} */
export function readVlanShow(words: Words, options: ShowOptions): VlanShow {
  let dev: string | undefined;
  let vid: number | undefined;
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev")) {
      const name = words.next("device");
      if (dev !== undefined) throw duplicate("dev", name);
      dev = name;
    } else if (same(word, "vid")) {
      const text = words.next();
      if (vid !== undefined) throw duplicate("vid", text);
      vid = atoi(text) || undefined;
    }
  }
  return {
    ask: "vlan-show",
    ...(dev === undefined ? {} : { dev }),
    ...(vid === undefined ? {} : { vid }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}
