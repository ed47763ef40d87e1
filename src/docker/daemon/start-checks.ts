import { own } from "../../base/own.ts";
import type { NetworkNamespace } from "../../net/network-namespace.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { unknownLogOption } from "../container/host-config-checks.ts";
import { type DaemonFile, StartRefusal } from "./daemon-file.ts";
import type { DaemonSettings } from "./daemon-settings.ts";

const CONTROLLER = "Error initializing network controller: ";
export const DEFAULT_BRIDGE: string = `${CONTROLLER}Error creating default "bridge" network: `;

/** dockerd ends with these words. */
export function refuseStart(why: string): never {
  throw new StartRefusal(`failed to start daemon: ${why}`);
}

/** What dockerd 20.10 finds out only when it starts, in its words. @throws {StartRefusal} */
export function checkStart(file: DaemonFile, settings: DaemonSettings, root: NetworkNamespace): void {
  const text = (key: string): string => String(own(file, key) ?? "");
  const [bridge, bip, cidr] = [text("bridge"), text("bip"), text("fixed-cidr")];
  if (bridge !== "" && bip !== "")
    refuseStart("You specified -b & --bip, mutually exclusive options. Please specify only one");
  if (own(file, "iptables") === false && own(file, "icc") === false)
    refuseStart(
      "You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true",
    );
  const unknown = unknownLogOption(settings.logDriver, settings.logOptions);
  if (unknown !== null) refuseStart(`failed to set log opts: ${unknown}`);
  for (const said of settings.pools) {
    // dockerd looks into it all the same.
    if (said === null)
      throw new StartRefusal("panic: runtime error: invalid memory address or nil pointer dereference");
    const { base = "", size = 0 } = said;
    const pool = ip.parsePrefix(base);
    const controller = `${CONTROLLER}error obtaining controller instance: `;
    if (pool === null || !base.includes("/"))
      refuseStart(`${controller}invalid base pool "${base}": invalid CIDR address: ${base}`);
    if (size <= 0 || size < pool.length) refuseStart(`${controller}invalid pools size: ${size}`);
  }
  if (bridge === "none") return;
  for (const prefix of [bip, cidr])
    if (prefix !== "" && (!prefix.includes("/") || ip.parsePrefix(prefix) === null))
      refuseStart(`${CONTROLLER}invalid CIDR address: ${prefix}`);
  const mtu = Number(own(file, "mtu") ?? 0);
  if (mtu < 0) refuseStart(`${DEFAULT_BRIDGE}invalid MTU number: ${mtu}`);
  if (bridge !== "" && bridge !== "docker0" && root.device(bridge) === null)
    refuseStart(`${DEFAULT_BRIDGE}bridge device with non default name ${bridge} must be created manually`);
  if (bip === "") return;
  const { address, length } = ip.parsePrefix(bip)!;
  if (length < 31 && ip.network(address, length) === address)
    refuseStart(
      `${DEFAULT_BRIDGE}failed to allocate gateway (${ip.format(address)}): Address already in use`,
    );
}
