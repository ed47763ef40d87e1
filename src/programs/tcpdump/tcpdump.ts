import type { NetDevice } from "../../net/net-device.ts";
import type { Program } from "../../sim/process.ts";
import type { ProgramContext } from "../program-context.ts";
import { lastWords } from "../program-exit.ts";
import { readFile } from "./tcpdump-file.ts";
import { LiveCapture } from "./tcpdump-live.ts";
import { parseTcpdumpOptions } from "./tcpdump-options.ts";

/** `tcpdump` 4.99. */
export function* tcpdump(context: ProgramContext): Program {
  try {
    const options = parseTcpdumpOptions(context.args, (text) => context.out(text));
    if (options.list) return listDevices(context);
    if (options.read !== null) return readFile(context, options, options.read);
    const capture = new LiveCapture(context, options);
    try {
      return yield* capture.run();
    } finally {
      capture.close();
    }
  } catch (error) {
    return lastWords(context, error);
  }
}

/** -D: devices that run, `any`, then the others. */
function listDevices(context: ProgramContext): number {
  const devices = context.namespace.devices;
  const line = (device: NetDevice): string => {
    const flags: string[] = [];
    if (device.up) flags.push("Up");
    if (device.running) flags.push("Running");
    if (device.loopback) flags.push("Loopback");
    if (!device.loopback) flags.push(device.running ? "Connected" : "Disconnected");
    return `${device.name} [${flags.join(", ")}]`;
  };
  const lines = [
    ...devices.filter((device) => device.running && !device.loopback).map(line),
    "any (Pseudo-device that captures on all interfaces) [Up, Running]",
    ...devices.filter((device) => device.loopback).map(line),
    ...devices.filter((device) => !device.running && !device.loopback).map(line),
  ];
  context.out(lines.map((text, i) => `${i + 1}.${text}\n`).join(""));
  return 0;
}
