import * as ip from "../../wire/ipv4-address.ts";
import { BadValue, parseSize } from "../go-parse.ts";
import { goQuote } from "../templates/go-quote.ts";
import { JsonNumber } from "./go-json-syntax.ts";
import { type GoType, WrongType } from "./go-json-types.ts";

const STRING: GoType = { name: "string" };
const BOOL: GoType = { name: "bool" };
const INT: GoType = { name: "int" };
const INT64: GoType = { name: "int64" };
const STRINGS: GoType = { name: "[]string", list: STRING };
const TEXTS: GoType = { name: "map[string]string", map: STRING };

const ADDRESS: GoType = {
  name: "net.IP",
  text: (text) => {
    if (text !== "" && !isAddress(text)) throw new WrongType(`invalid IP address: ${text}`);
    return text;
  },
};

const SIZE: GoType = {
  name: "opts.MemBytes",
  any: (value) => {
    if (typeof value !== "string" || value === "")
      throw new WrongType(
        `invalid size: ${goQuote(value instanceof JsonNumber ? value.text : JSON.stringify(value))}`,
      );
    try {
      parseSize(value);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new WrongType(error.message);
    }
    return value;
  },
};

const ULIMIT: GoType = {
  name: "units.Ulimit",
  fields: { Name: STRING, Hard: INT64, Soft: INT64 },
  pointer: true,
};
const POOL: GoType = {
  name: "ipamutils.NetworkToSplit",
  fields: { base: STRING, size: INT },
  pointer: true,
  apart: true,
};
const RUNTIME: GoType = { name: "types.Runtime", fields: { path: STRING, runtimeArgs: STRINGS } };
const COLLECTOR: GoType = {
  name: "config.BuilderGCConfig",
  fields: { Enabled: BOOL, DefaultKeepStorage: STRING },
};

/** The fields of dockerd's configuration (moby daemon/config, Config), by their types. */
export const CONFIG_FIELDS: ReadonlyMap<string, GoType> = new Map(
  (
    [
      [
        STRING,
        "bip bridge fixed-cidr fixed-cidr-v6 data-root exec-root pidfile group log-level log-driver storage-driver cgroup-parent containerd containerd-namespace containerd-plugin-namespace cluster-advertise cluster-store default-cgroupns-mode default-ipc-mode default-runtime init-path metrics-addr seccomp-profile swarm-default-advertise-addr tlscacert tlscert tlskey userland-proxy-path userns-remap",
      ],
      [
        BOOL,
        "debug experimental icc init ip-forward ip-masq iptables ip6tables ipv6 live-restore no-new-privileges raw-logs selinux-enabled tls tlsverify userland-proxy",
      ],
      [
        INT,
        "mtu shutdown-timeout max-concurrent-downloads max-concurrent-uploads max-download-attempts network-control-plane-mtu network-diagnostic-port oom-score-adjust",
      ],
      [INT64, "cpu-rt-period cpu-rt-runtime"],
      [
        STRINGS,
        "dns dns-opts dns-search labels hosts insecure-registries registry-mirrors allow-nondistributable-artifacts exec-opts storage-opts authorization-plugins node-generic-resources",
      ],
      [ADDRESS, "ip default-gateway default-gateway-v6"],
      [SIZE, "default-shm-size"],
      [TEXTS, "log-opts cluster-store-opts"],
      [{ name: "map[string]types.Runtime", map: RUNTIME }, "runtimes"],
      [{ name: "map[string]bool", map: BOOL }, "features"],
      [{ name: "config.BuilderConfig", fields: { GC: COLLECTOR } }, "builder"],
      [{ name: "map[string]*units.Ulimit", map: ULIMIT }, "default-ulimits"],
      [{ name: "[]*ipamutils.NetworkToSplit", list: POOL }, "default-address-pools"],
    ] as const
  ).flatMap(([type, names]) => names.split(" ").map((name): [string, GoType] => [name, type])),
);

export function isAddress(text: string): boolean {
  return ip.parse(text) !== null || (text.includes(":") && /^[0-9a-fA-F:.]+$/.test(text));
}
