import { balance, endedTwice } from "../capture/conservation.ts";
import type { Recorder } from "../capture/recorder.ts";
import type { Host } from "../net/host.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { World } from "../sim/world.ts";

/**
 * What does not add up in a world, in sentences; nothing when all is well. Each frame was delivered, dropped with a
 * named reason or lies in a named queue, ended no more than once, and what one end of a veth pair sent the other received.
 */
export function accounts(world: World, hosts: readonly Host[], recorder: Recorder | null): readonly string[] {
  const problems = [...balance(world).problems];
  if (recorder !== null) problems.push(...endedTwice(recorder).map((frame) => `frame ${frame} ended twice`));
  for (const host of hosts) {
    for (const ns of host.allNamespaces) {
      for (const device of ns.devices) if (device.driver.kind === "veth") problems.push(...compare(device));
    }
  }
  return problems;
}

/** Both ends of a pair count the same frames, at every instant. */
function compare(device: NetDevice): string[] {
  const peer = device.peer;
  if (peer === null) return [];
  const problems: string[] = [];
  for (const [tx, rx, what] of [
    ["txPackets", "rxPackets", "packets"],
    ["txBytes", "rxBytes", "bytes"],
  ] as const) {
    const sent = device.counters[tx];
    const received = peer.counters[rx];
    if (sent === received) continue;
    const from = `${device.path}`;
    problems.push(`${from} sent ${sent} ${what}, but ${peer.path} received ${received}`);
  }
  return problems;
}
