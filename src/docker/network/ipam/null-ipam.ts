import { DaemonError } from "../../api/daemon-error.ts";
import type { DriverNetwork } from "../network-driver.ts";
import type { IpamDriver, IpamPool } from "./ipam-driver.ts";

const POOL: IpamPool = { subnet: { address: 0, length: 0 }, take: () => 0, release: () => {} };

/** The IPAM driver `null` (libnetwork/ipams/null): every network has the pool 0.0.0.0/0, which has no addresses. */
export const nullIpam: IpamDriver = { name: "null", requestPool: () => POOL, releasePool: () => {} };

/** What bridge, macvlan and ipvlan say of such a network. @throws {DaemonError} */
export function checkPool({ subnets }: DriverNetwork): void {
  if (subnets[0]?.subnet.length === 0) throw new DaemonError(400, "ipv4 pool is empty");
}
