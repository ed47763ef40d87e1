import { bridgeOf } from "../bridge/add-bridge.ts";
import type { NetDevice } from "../net/net-device.ts";
import { atoi, comesBack, noDevice } from "./fdb-address.ts";
import { type FdbRow, fdbRows, Nud } from "./fdb-rows.ts";
import { fdbJson, fdbText } from "./fdb-text.ts";
import { bridgeFdbHelp } from "./help-texts.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { printJson } from "./json.ts";
import type { Mutable } from "./mutable.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** `bridge fdb show` */
export interface FdbShow extends InNamespace {
  readonly ask: "fdb-show";
  readonly br?: string;
  /** A port or any other device; `brport` means the same. */
  readonly dev?: string;
  readonly vlan?: number;
  /** Sum of {@link Nud}: lines that have one of these. */
  readonly state?: number;
  /** Nothing permanent. */
  readonly dynamic?: true;
  readonly options?: ShowOptions;
}

const STATES: readonly (readonly [name: string, state: number])[] = [
  ["permanent", Nud.permanent],
  ["static", Nud.noarp],
  ["temp", Nud.noarp],
  ["stale", Nud.stale],
  ["reachable", Nud.reachable],
];

export const fdbShow: QuestionRecord<FdbShow> = {
  tool: "bridge",
  words(question) {
    const words = [...optionWords(question.options ?? {}), "fdb", "show"];
    if (question.br !== undefined) words.push("br", question.br);
    if (question.dev !== undefined) words.push("dev", question.dev);
    if (question.vlan !== undefined) words.push("vlan", `${question.vlan}`);
    if (question.state !== undefined) words.push("state", `0x${question.state.toString(16)}`);
    if (question.dynamic) words.push("dynamic");
    return words;
  },
  answer(question, context) {
    const options = question.options ?? {};
    const rows = devicesOf(question, context)
      .flatMap((device) => fdbRows(device))
      .filter((row) => fits(row, question));
    const withDevice = question.dev === undefined;
    const withAges = options.statistics !== undefined;
    if (options.json)
      return printJson(
        rows.map((row) => fdbJson(row, withDevice, withAges)),
        options.pretty ?? false,
      );
    return rows.map((row) => fdbText(row, withDevice, withAges)).join("");
  },
};

function devicesOf({ br, dev }: FdbShow, context: OperationContext): readonly NetDevice[] {
  const ns = context.namespace;
  const bridge = br === undefined ? null : ns.device(br);
  if (br !== undefined && bridge === null) throw comesBack(`Cannot find bridge device "${br}"`);
  if (dev !== undefined && ns.device(dev) === null) throw noDevice(dev);
  if (bridge !== null && bridgeOf(bridge) === null) return [];
  return ns.devices.filter(
    (device) =>
      (dev === undefined || device.name === dev) &&
      (bridge === null || device === bridge || device.master === bridge),
  );
}

function fits(row: FdbRow, { vlan, state, dynamic }: FdbShow): boolean {
  if (vlan !== undefined && row.vlan !== vlan) return false;
  if (state !== undefined && (row.state & state) === 0) return false;
  return !dynamic || (row.state & Nud.permanent) === 0;
}

/** Reads what stands after `bridge fdb show`; words without a meaning are passed over, as there. @throws {ToolError} */
export function readFdbShow(words: Words, options: ShowOptions): FdbShow {
  const show: Mutable<FdbShow> = { ask: "fdb-show" };
  while (!words.done) {
    const word = words.next();
    if (same(word, "dev", "brport")) show.dev = words.next("device");
    else if (same(word, "br")) show.br = words.next("device");
    else if (same(word, "vlan")) {
      const text = words.next();
      if (show.vlan !== undefined) throw duplicate("vlan", text);
      const vlan = atoi(text);
      if (vlan !== 0) show.vlan = vlan;
    } else if (same(word, "state")) show.state = (show.state ?? 0) | readState(words.next());
    else if (same(word, "dynamic")) show.dynamic = true;
    else if (matches(word, "help")) throw new ToolError(bridgeFdbHelp, 255);
  }
  if (Object.keys(options).length > 0) show.options = options;
  return show;
}

function readState(text: string): number {
  if (text === "all") return 0xffff;
  const known = STATES.find(([name]) => matches(text, name));
  const state = known?.[1] ?? unsigned(text, 0xffff);
  if (state === null) throw wrong(text, "invalid state");
  return state;
}
