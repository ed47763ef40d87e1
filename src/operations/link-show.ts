import type { NetDevice } from "../net/net-device.ts";
import * as mac from "../wire/mac.ts";
import { flagsOf } from "./device-state.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import { briefHead, briefJson, linkJson, linkText } from "./link-text.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";
import { wrong } from "./words.ts";

/** Which devices `ip link show` and `ip addr show` are about. */
export interface DeviceFilter {
  readonly dev?: string;
  readonly up?: true;
  readonly master?: string;
  readonly nomaster?: true;
  /** The kind, or `bridge_slave` for the ports of bridges. */
  readonly type?: string;
  readonly group?: number;
}

/** `ip link show` */
export interface LinkShow extends DeviceFilter, InNamespace {
  readonly ask: "link-show";
  readonly options?: ShowOptions;
}

/** The words of a filter. */
export function filterWords(filter: DeviceFilter): string[] {
  const words: string[] = [];
  if (filter.dev !== undefined) words.push("dev", filter.dev);
  if (filter.up) words.push("up");
  if (filter.master !== undefined) words.push("master", filter.master);
  if (filter.nomaster) words.push("nomaster");
  if (filter.type !== undefined) words.push("type", filter.type);
  if (filter.group !== undefined) words.push("group", `${filter.group}`);
  return words;
}

/** The devices that a filter finds, by index. @throws {ToolError} for a device or master that is not there. */
export function devicesOf(filter: DeviceFilter, context: OperationContext): readonly NetDevice[] {
  const ns = context.namespace;
  if (filter.master !== undefined && ns.device(filter.master) === null)
    throw wrong(filter.master, "Device does not exist\n");
  if (filter.dev !== undefined && ns.device(filter.dev) === null)
    throw new ToolError(`Device "${filter.dev}" does not exist.`, 1);
  return ns.devices.filter(
    (device) =>
      (filter.dev === undefined || device.name === filter.dev) &&
      (!filter.up || device.up) &&
      (filter.master === undefined || device.master?.name === filter.master) &&
      (!filter.nomaster || device.master === null) &&
      (filter.group === undefined || device.group === filter.group) &&
      (filter.type === undefined || isOfType(device, filter.type, context)),
  );
}

function isOfType(device: NetDevice, type: string, context: OperationContext): boolean {
  const types = context.toolbox.linkTypes;
  if (device.driver.kind === type && types.has(type)) return true;
  return device.master !== null && types.get(device.master.driver.kind)?.slaves?.kind === type;
}

export const linkShow: QuestionRecord<LinkShow> = {
  tool: "ip",
  words: (question) => [...optionWords(question.options ?? {}), "link", "show", ...filterWords(question)],
  answer(question, context) {
    const options = question.options ?? {};
    const devices = devicesOf(question, context);
    if (options.json) {
      const list: JsonObject[] = devices.map((device) =>
        options.brief ? briefJson(device, "link", context) : linkJson(device, "link", options, context),
      );
      return printJson(list, options.pretty ?? false);
    }
    if (options.brief)
      return devices
        .map((device) => {
          const flags = flagsOf(device, context.toolbox).join(",");
          return `${briefHead(device, context)}${mac.format(device.macHi, device.macLo)} <${flags}> \n`;
        })
        .join("");
    return devices.map((device) => linkText(device, "link", options, context)).join("");
  },
};
