import type { NetmapInfo } from "../../netfilter/nat/nat-targets.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { XtExtension } from "./extension.ts";
import { type AddressMask, hostMask } from "./read-options.ts";

function text({ network, mask }: NetmapInfo): string {
  return `${network}/${ip.prefixLength(ip.parse(mask)!) ?? 32}`;
}

export const netmapTarget: XtExtension<NetmapInfo> = {
  name: "NETMAP",
  options: [{ name: "to", read: hostMask, mandatory: true }],
  make(given) {
    const { address, mask } = given.get<AddressMask>("to")!;
    return { name: "NETMAP", network: ip.format(address & mask), mask: ip.format(mask) };
  },
  save: (info) => `--to ${text(info)}`,
  list: (info) => `to:${text(info)}`,
  help: `NETMAP target options:
  --to address[/mask]
				Network address to map to.

`,
};
