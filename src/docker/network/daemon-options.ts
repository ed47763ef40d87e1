import { type DefaultPool, LOCAL_POOLS } from "./ipam/address-space.ts";

/** The options of dockerd that touch the network, by their names in daemon.json. */
export interface DaemonOptions {
  /** `--bip`: the address and length of docker0. */
  readonly bip?: string;
  /** `--fixed-cidr`: the part of it that containers get. */
  readonly "fixed-cidr"?: string;
  readonly "default-address-pools"?: readonly DefaultPool[];
  /** `--bridge`: `none` for no default bridge. */
  readonly bridge?: string;
  readonly icc: boolean;
  readonly iptables: boolean;
  readonly "ip-forward": boolean;
  readonly "ip-masq": boolean;
  readonly "userland-proxy": boolean;
  readonly mtu: number;
  /** `--ip`: where ports are published that say no address. */
  readonly ip: string;
  readonly dns: readonly string[];
  readonly "dns-search": readonly string[];
  readonly "dns-opts": readonly string[];
}

/** The options of a daemon.json as far as they are these; one that says null or nothing is not said. */
export function daemonOptionsOf(file: Readonly<Record<string, unknown>>): DaemonOptions {
  const known = new Set([...Object.keys(defaultDaemonOptions), "bip", "fixed-cidr", "bridge"]);
  const given = Object.entries(file).filter(
    ([key, value]) =>
      known.has(key) && value !== undefined && value !== null && value !== "" && !isEmptyList(value),
  );
  return { ...defaultDaemonOptions, ...(Object.fromEntries(given) as Partial<DaemonOptions>) };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** What dockerd does unless it is told otherwise. */
const defaultDaemonOptions: DaemonOptions = {
  "default-address-pools": LOCAL_POOLS,
  icc: true,
  iptables: true,
  "ip-forward": true,
  "ip-masq": true,
  "userland-proxy": true,
  mtu: 1500,
  ip: "0.0.0.0",
  dns: [],
  "dns-search": [],
  "dns-opts": [],
};
