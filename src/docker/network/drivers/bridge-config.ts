import * as ip from "../../../wire/ipv4-address.ts";
import { DaemonError } from "../../api/daemon-error.ts";
import { BadValue, parseBool, parseInt64 } from "../../go-parse.ts";
import { shortId } from "../../ids.ts";
import type { DriverNetwork } from "../network-driver.ts";

/** What a network of the bridge driver is like: its options read (libnetwork, drivers/bridge networkConfiguration). */
export interface BridgeConfig {
  readonly bridge: string;
  /** False: its containers may not talk to each other, save by `--link`. */
  readonly icc: boolean;
  readonly masquerade: boolean;
  /** 0: whatever the kernel gives. */
  readonly mtu: number;
  /** Where ports are published that say no address. */
  readonly bindingAddress: string;
  /** `com.docker.network.host_ipv4`: what to translate to instead of masquerading; null as a rule. */
  readonly hostAddress: string | null;
  readonly containerPrefix: string;
  readonly isDefault: boolean;
  readonly inhibitIpv4: boolean;
}

const OPTION = {
  name: "com.docker.network.bridge.name",
  icc: "com.docker.network.bridge.enable_icc",
  masquerade: "com.docker.network.bridge.enable_ip_masquerade",
  binding: "com.docker.network.bridge.host_binding_ipv4",
  isDefault: "com.docker.network.bridge.default_bridge",
  inhibitIpv4: "com.docker.network.bridge.inhibit_ipv4",
  mtu: "com.docker.network.driver.mtu",
  prefix: "com.docker.network.container_iface_prefix",
  hostAddress: "com.docker.network.host_ipv4",
} as const;

/** Reads the options. @throws {DaemonError} */
export function bridgeConfig(network: DriverNetwork): BridgeConfig {
  const { options } = network;
  const flag = (name: string, fallback: boolean): boolean => {
    const text = options[name];
    return text === undefined ? fallback : read(name, text, parseBool);
  };
  const address = (name: string): string | null => {
    const text = options[name];
    if (text === undefined) return null;
    if (ip.parse(text) === null) throw wrong(name, text, "nil ip");
    return text;
  };
  const mtu = read(OPTION.mtu, options[OPTION.mtu] ?? "0", (text) => parseInt64(text, 10, "Atoi"));
  if (mtu < 0) throw new DaemonError(400, `invalid MTU number: ${mtu}`);
  return {
    // One that is empty counts as none.
    bridge: options[OPTION.name] || `br-${shortId(network.id)}`,
    icc: flag(OPTION.icc, true),
    masquerade: flag(OPTION.masquerade, true),
    mtu,
    bindingAddress: address(OPTION.binding) ?? "0.0.0.0",
    hostAddress: address(OPTION.hostAddress),
    containerPrefix: options[OPTION.prefix] ?? "eth",
    isDefault: flag(OPTION.isDefault, false),
    inhibitIpv4: flag(OPTION.inhibitIpv4, false),
  };
}

/** What Go reads an option's text as. @throws {DaemonError} in Go's words */
function read<T>(name: string, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw wrong(name, text, error.message);
  }
}

function wrong(name: string, text: string, why: string): DaemonError {
  return new DaemonError(400, `failed to parse ${name} value: ${text} (${why})`);
}
