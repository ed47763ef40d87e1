import type { Qdisc } from "../net/device-driver.ts";
import type { NetDevice } from "../net/net-device.ts";
import { Fifo } from "../net/qdisc/fifo.ts";
import { Netem } from "../net/qdisc/netem.ts";
import { formatHandle, rootKind } from "../net/qdisc/root-qdisc.ts";
import { Tbf } from "../net/qdisc/tbf.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import { deviceNamed } from "./link-change.ts";
import { netemJson, netemText } from "./netem-text.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import { formatRate, formatSize, formatTime, nanosToMicros } from "./tc-units.ts";

/** `tc qdisc show [dev DEV] [root] [handle H:]` */
export interface QdiscShow extends InNamespace {
  readonly ask: "qdisc-show";
  readonly dev?: string;
  readonly root?: true;
  /** Shows what a device has before it was ever up, too. */
  readonly invisible?: true;
  /** The upper 16 bits of the handle. */
  readonly handle?: number;
  readonly options?: ShowOptions;
}

export const qdiscShow: QuestionRecord<QdiscShow> = {
  tool: "tc",
  words: ({ options = {}, dev, root, handle, invisible }) => [
    ...optionWords(options),
    "qdisc",
    "show",
    ...(dev === undefined ? [] : ["dev", dev]),
    ...(handle === undefined ? [] : ["handle", formatHandle(handle)]),
    ...(root ? ["root"] : []),
    ...(invisible ? ["invisible"] : []),
  ],
  answer(question, context) {
    const { options = {}, dev, handle, invisible } = question;
    const devices = dev === undefined ? context.namespace.devices : [deviceNamed(context, dev)];
    const shown = devices.filter(
      (device) =>
        (invisible || rootKind(device) !== "noop") &&
        (handle === undefined || handle === (device.qdisc?.handle ?? 0)),
    );
    if (options.json)
      return printJson(
        shown.map((device) => json(device, dev === undefined, options)),
        options.pretty ?? false,
      );
    const lines = shown.map((device) => text(device, dev === undefined, options)).join("");
    return options.oneline ? lines.replaceAll("\n", "\\") : lines;
  },
};

function text(device: NetDevice, withName: boolean, options: ShowOptions): string {
  const qdisc = device.qdisc;
  const name = withName ? `dev ${device.name} ` : "";
  const said = qdisc === null ? "" : optionText(qdisc, options);
  let text = `qdisc ${rootKind(device)} ${formatHandle(qdisc?.handle ?? 0)} ${name}root refcnt 2 ${said}\n`;
  if (options.statistics) {
    const { bytes, packets, drops, overlimits, requeues } = qdisc?.stats ?? NOTHING;
    text += ` Sent ${bytes} bytes ${packets} pkt (dropped ${drops}, overlimits ${overlimits} requeues ${requeues}) \n`;
    text += ` backlog ${formatSize(qdisc?.bytes ?? 0)} ${qdisc?.length ?? 0}p requeues ${requeues}\n`;
  }
  return text;
}

const NOTHING = { bytes: 0, packets: 0, drops: 0, overlimits: 0, requeues: 0 };

function json(device: NetDevice, withName: boolean, options: ShowOptions): JsonObject {
  const qdisc = device.qdisc;
  const { bytes, packets, drops, overlimits, requeues } = qdisc?.stats ?? NOTHING;
  return {
    kind: rootKind(device),
    handle: formatHandle(qdisc?.handle ?? 0),
    dev: withName ? device.name : undefined,
    root: true,
    refcnt: 2,
    options: qdisc === null ? {} : optionJson(qdisc),
    ...(options.statistics
      ? {
          bytes,
          packets,
          drops,
          overlimits,
          requeues,
          backlog: qdisc?.bytes ?? 0,
          qlen: qdisc?.length ?? 0,
        }
      : {}),
  };
}

function optionText(qdisc: Qdisc, options: ShowOptions): string {
  if (qdisc instanceof Netem) return netemText(qdisc);
  if (qdisc instanceof Tbf) {
    const { rate, burst, wait } = tbfNumbers(qdisc);
    const cell = options.details ? "/1 mpu 0b" : "";
    const end = options.details ? "linklayer ethernet " : "";
    const last = wait < 0 ? `limit ${formatSize(qdisc.limit)}` : `lat ${formatTime(wait)}`;
    return `rate ${formatRate(rate)} burst ${formatSize(burst)}${cell} ${last} ${end}`;
  }
  if (qdisc instanceof Fifo)
    return `limit ${qdisc.kind === "pfifo" ? `${qdisc.limit}p` : formatSize(qdisc.limit)}`;
  return "";
}

function optionJson(qdisc: Qdisc): JsonObject {
  if (qdisc instanceof Netem) return netemJson(qdisc);
  if (qdisc instanceof Tbf) {
    const { rate, burst, wait } = tbfNumbers(qdisc);
    return { rate, burst, ...(wait < 0 ? { limit: qdisc.limit } : { lat: wait }) };
  }
  return qdisc instanceof Fifo ? { limit: qdisc.limit } : {};
}

/** `tc` shows the burst from the time that it takes, and of limit and latency the one that makes sense. */
function tbfNumbers(qdisc: Tbf): { rate: number; burst: number; wait: number } {
  const { rate, limit } = qdisc;
  const buffer = nanosToMicros(qdisc.buffer);
  const wait = Math.trunc((1_000_000 * limit) / rate - buffer);
  return { rate, burst: Math.floor((rate * buffer) / 1_000_000), wait };
}
