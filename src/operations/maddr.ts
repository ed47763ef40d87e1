import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import { type CardGroup, cardGroups, ipv4Groups, snoops } from "./card-addresses.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { solicitedNodeText } from "./ipv6-text.ts";
import { type JsonObject, printJson } from "./json.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";

/** `ip maddr show` */
export interface MaddrShow extends InNamespace {
  readonly ask: "maddr-show";
  readonly dev?: string;
  readonly options?: ShowOptions;
}

/** IPv6 groups that every interface is in, whether IPv6 is disabled or not. */
const INET6 = ["ff02::1", "ff01::1"];

interface Groups {
  readonly link: readonly CardGroup[];
  readonly inet: readonly string[];
  readonly inet6: readonly string[];
}

function groupsOf(device: NetDevice, family: string | undefined): Groups {
  const wants = (f: string): boolean => family === undefined || family === f;
  return {
    link: wants("link") && !device.loopback ? cardGroups(device) : [],
    // The newest group stands first (struct in_device, mc_list).
    inet: wants("inet") ? [...ipv4Groups(device)].reverse().map(ip.format) : [],
    inet6: wants("inet6") ? inet6Groups(device) : [],
  };
}

/** The newest first. */
function inet6Groups(device: NetDevice): readonly string[] {
  const own = device.linkLocal;
  return [
    ...(own === null ? [] : [solicitedNodeText(own)]),
    ...(snoops(device) ? ["ff02::6a"] : []),
    ...INET6,
  ];
}

export const maddrShow: QuestionRecord<MaddrShow> = {
  tool: "ip",
  words: ({ dev, options }) => [
    ...optionWords(options ?? {}),
    "maddr",
    "show",
    ...(dev === undefined ? [] : ["dev", dev]),
  ],
  answer({ dev, options }, context) {
    const found = context.namespace.devices
      .filter((device) => dev === undefined || device.name === dev)
      .map((device) => ({ device, groups: groupsOf(device, options?.family) }))
      .filter(({ groups }) => groups.link.length + groups.inet.length + groups.inet6.length > 0);
    if (options?.json) {
      const list = found.map(({ device, groups }): JsonObject => {
        const families = ["inet", "inet6"] as const;
        const rest = families.flatMap((family) => groups[family].map((address) => ({ family, address })));
        const maddr = [
          ...groups.link.map(({ address, users }) =>
            users > 1 ? { link: address, users } : { link: address },
          ),
          ...rest,
        ];
        return { ifindex: device.ifindex, ifname: device.name, maddr };
      });
      return printJson(list, options.pretty ?? false);
    }
    return found
      .map(({ device, groups }) => {
        const lines = [
          ...groups.link.map(({ address, users }) => `link  ${address}${users > 1 ? ` users ${users}` : ""}`),
          ...groups.inet.map((address) => `inet  ${address}`),
          ...groups.inet6.map((address) => `inet6 ${address}`),
        ];
        return `${device.ifindex}:\t${device.name}\n${lines.map((line) => `\t${line}\n`).join("")}`;
      })
      .join("");
  },
};
