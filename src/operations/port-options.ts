import { portOf } from "../bridge/add-bridge.ts";
import { flushPort } from "../bridge/fdb-commands.ts";
import type { PortFlag } from "../bridge/port-memory.ts";
import {
  setPortCost,
  setPortFlag,
  setPortGroupFwdMask,
  setPortPriority,
  setPortState,
} from "../bridge/settings.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { LinkOptions } from "./link-type.ts";

/** What is on or off at a port: as the tools say it, and the port's own name for it. */
const PORT_FLAGS: Readonly<Record<string, PortFlag>> = {
  hairpin: "hairpin",
  guard: "guard",
  root_block: "rootBlock",
  fastleave: "fastLeave",
  learning: "learning",
  flood: "flood",
  mcast_flood: "mcastFlood",
  bcast_flood: "bcastFlood",
  mcast_to_unicast: "mcastToUnicast",
  proxy_arp: "proxyArp",
  proxy_arp_wifi: "proxyArpWifi",
  neigh_suppress: "neighSuppress",
  vlan_tunnel: "vlanTunnel",
  isolated: "isolated",
  locked: "locked",
};

/** Sets options of a port (br_setport). @throws {KernelError} EOPNOTSUPP when it is none, ERANGE, EINVAL, ENETDOWN */
export function setPortOptions(device: NetDevice, options: LinkOptions): void {
  const port = portOf(device);
  if (port === null) throw new KernelError("EOPNOTSUPP");
  for (const [key, flag] of Object.entries(PORT_FLAGS)) {
    const value = options[key];
    if (value !== undefined) setPortFlag(port, flag, value === true);
  }
  const given = (name: string, set: (value: number) => void): void => {
    const value = options[name];
    if (value !== undefined) set(Number(value));
  };
  given("cost", (v) => setPortCost(port, v));
  given("priority", (v) => setPortPriority(port, v));
  given("state", (v) => setPortState(port, v));
  given("mcast_router", (v) => {
    if (v > 2) throw new KernelError("EINVAL");
    port.mcastRouter = v;
  });
  if (options["fdb_flush"]) flushPort(port);
  given("group_fwd_mask", (v) => setPortGroupFwdMask(port, v));
  device.world.generation++;
}
