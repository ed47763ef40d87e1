import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import type { Bridge } from "../bridge/bridge.ts";
import type { NetDevice } from "../net/net-device.ts";
import { vxlanOf } from "../vxlan/add-vxlan.ts";
import * as mac from "../wire/mac.ts";
import { atoi, comesBack, noDevice, readFdbAddress } from "./fdb-address.ts";
import { bridgeRow, type FdbRow, Nud, vxlanRow } from "./fdb-rows.ts";
import { fdbJson, fdbText } from "./fdb-text.ts";
import { bridgeFdbHelp } from "./help-texts.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { printJson } from "./json.ts";
import type { Mutable } from "./mutable.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, garbage, matches, same, type Words } from "./words.ts";

/** `bridge fdb get` */
export interface FdbGet extends InNamespace {
  readonly ask: "fdb-get";
  readonly mac: string;
  readonly br?: string;
  /** `brport` means the same. */
  readonly dev?: string;
  readonly vlan?: number;
  readonly vni?: number;
  /** Ask the device itself and not the bridge whose port it is. */
  readonly self?: true;
  /** Nothing permanent. */
  readonly dynamic?: true;
  readonly options?: ShowOptions;
}

export const fdbGet: QuestionRecord<FdbGet> = {
  tool: "bridge",
  words({ mac: address, br, dev, vlan, vni, self, dynamic, options }) {
    const words = [...optionWords(options ?? {}), "fdb", "get", address];
    if (br !== undefined) words.push("br", br);
    if (dev !== undefined) words.push("dev", dev);
    if (vlan !== undefined) words.push("vlan", `${vlan}`);
    if (vni !== undefined) words.push("vni", `${vni}`);
    if (self) words.push("self");
    if (dynamic) words.push("dynamic");
    return words;
  },
  answer(question, { namespace }) {
    const { br, dev, vlan, options = {} } = question;
    const master = br === undefined ? null : namespace.device(br);
    if (br !== undefined && master === null) throw comesBack(`Cannot find bridge device "${br}"`);
    const device = dev === undefined ? null : namespace.device(dev);
    if (dev !== undefined && device === null) throw noDevice(dev);
    if (master !== null && device !== null) throw refused("Master and device are mutually exclusive");
    if (vlan !== undefined && (vlan === 0 || vlan >= 4095)) throw refused("invalid vlan id");
    const row = find(question, master ?? device!, master !== null);
    const shown = question.dynamic && (row.state & Nud.permanent) !== 0 ? [] : [row];
    const withAges = options.statistics !== undefined;
    if (options.json)
      return printJson(
        shown.map((one) => fdbJson(one, true, withAges)),
        options.pretty ?? false,
      );
    return shown.map((one) => fdbText(one, true, withAges)).join("");
  },
};

/** Whom the kernel asks (rtnl_fdb_get): the bridge, the bridge of the port, or the device itself. */
function find(question: FdbGet, device: NetDevice, isMaster: boolean): FdbRow {
  const { hi, lo } = mac.parse(question.mac)!;
  let bridge: Bridge | null = bridgeOf(device);
  if (!isMaster && !question.self) {
    const port = portOf(device);
    if (port === null) throw refused("Device is not a bridge port");
    bridge = port.bridge;
  }
  if (bridge !== null) {
    const row = bridge.fdb.find(hi, lo, question.vlan ?? 0);
    if (row < 0) throw refused("Fdb entry not found");
    return bridgeRow(bridge, row);
  }
  const vxlan = vxlanOf(device);
  if (vxlan === null) throw refused("Fdb get operation not supported by device");
  const entry = vxlan.fdb.find(hi, lo, vxlan.config.vni);
  if (entry === null) throw refused("Fdb entry not found");
  return vxlanRow(vxlan, entry, entry.remotes[0]!);
}

/** What the kernel refuses to tell; the tool ends with another status here than elsewhere. */
function refused(why: string): ToolError {
  return new ToolError(`Error: ${why}.`, 254, "", true);
}

/** Reads what stands after `bridge fdb get`. @throws {ToolError} */
export function readFdbGet(words: Words, options: ShowOptions): FdbGet {
  const get: Mutable<Partial<FdbGet>> = {};
  let address: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev", "brport")) get.dev = words.next("device");
    else if (same(word, "br")) get.br = words.next("device");
    else if (same(word, "vni")) get.vni = atoi(words.next());
    else if (same(word, "self")) get.self = true;
    else if (matches(word, "master")) continue;
    else if (matches(word, "vlan")) {
      const text = words.next();
      if (get.vlan !== undefined) throw duplicate("vlan", text);
      get.vlan = atoi(text) & 0xffff;
    } else if (matches(word, "dynamic")) get.dynamic = true;
    else {
      const text = same(word, "to") ? words.next() : word;
      if (matches(text, "help")) throw new ToolError(bridgeFdbHelp, 255);
      if (address !== undefined) throw garbage("to", text);
      address = text;
    }
  }
  if ((get.dev === undefined && get.br === undefined) || address === undefined)
    throw comesBack("Device or master and address are required arguments.");
  const { hi, lo } = readFdbAddress(address);
  if (Object.keys(options).length > 0) get.options = options;
  return { ...get, ask: "fdb-get", mac: mac.format(hi, lo) };
}
