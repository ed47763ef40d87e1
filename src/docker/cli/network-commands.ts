import type { Program } from "../../sim/process.ts";
import { contains, parse, parsePrefix } from "../../wire/ipv4-address.ts";
import type { IpamPool, NetworkResource } from "../api/network-types.ts";
import { shortId } from "../ids.ts";
import { timeText } from "../templates/go-format.ts";
import { confirm, naming, refusal } from "./ask.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { inspectAll } from "./inspect-output.ts";
import { canonicalAddress } from "./ip-address.ts";
import { type Listing, labelMethod, labelsText, listText } from "./list-output.ts";
import { naturalOrder } from "./natural-order.ts";
import { labelsOf } from "./plain-values.ts";

/** `docker network ...` */
export const NETWORK_RUNNERS: Readonly<Record<string, Runner>> = {
  "network ls": list,
  "network inspect": inspect,
  "network create": create,
  "network rm": remove,
  "network prune": prune,
  "network connect": connect,
  "network disconnect": disconnect,
};

const TABLE = "table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}";
const RAW = "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n";

function listing(noTrunc: boolean): Listing<NetworkResource> {
  return {
    type: "*network.networkContext",
    heads: {
      ID: "NETWORK ID",
      Name: "NAME",
      Driver: "DRIVER",
      Scope: "SCOPE",
      IPv6: "IPV6",
      Internal: "INTERNAL",
      Labels: "LABELS",
      CreatedAt: "CREATED AT",
    },
    fields: (network) => ({
      CreatedAt: () => timeText(network.Created),
      Driver: network.Driver,
      ID: noTrunc ? network.Id : shortId(network.Id),
      IPv6: String(network.EnableIPv6),
      Internal: String(network.Internal),
      Labels: () => labelsText(network.Labels),
      Label: labelMethod(network.Labels),
      Name: network.Name,
      Scope: network.Scope,
    }),
  };
}

function list({ context, options, api }: Invocation): number {
  const networks = api.networkList(options.filters());
  const sorted = [...networks].sort((a, b) => naturalOrder(a.Name, b.Name));
  const quiet = options.flag("quiet");
  const said = options.text("format");
  let format = said === "" ? "table" : said;
  if (format === "table") format = quiet ? "{{.ID}}" : TABLE;
  else if (format === "raw") format = quiet ? "network_id: {{.ID}}" : RAW;
  context.out(listText(format, sorted, listing(options.flag("no-trunc"))));
  return 0;
}

function inspect({ context, options, args, api }: Invocation): number {
  return inspectAll(context, args, options.text("format"), (ref) => ({
    type: "types.NetworkResource",
    answer: naming("network", ref, () => api.networkInspect(ref)),
  }));
}

function create({ context, options, args, api }: Invocation): number {
  const pools = ipamPools(
    options.list("subnet"),
    options.list("ip-range"),
    options.list("gateway"),
    options.map("aux-address"),
  );
  const { Id } = api.networkCreate({
    Name: args[0]!,
    CheckDuplicate: true,
    Driver: options.text("driver"),
    Scope: options.text("scope"),
    Internal: options.flag("internal"),
    Attachable: options.flag("attachable"),
    Ingress: options.flag("ingress"),
    ConfigOnly: options.flag("config-only"),
    ConfigFrom: options.text("config-from") === "" ? null : { Network: options.text("config-from") },
    EnableIPv6: options.flag("ipv6"),
    IPAM: { Driver: options.text("ipam-driver"), Options: options.map("ipam-opt"), Config: pools },
    Options: { ...options.map("opt") },
    Labels: labelsOf(options.list("label")),
  });
  context.out(`${Id}\n`);
  return 0;
}

/** Puts ranges, gateways and auxiliary addresses to the subnets that they lie in. @throws {ClientError} */
function ipamPools(
  subnets: readonly string[],
  ranges: readonly string[],
  gateways: readonly string[],
  auxiliary: Readonly<Record<string, string>>,
): IpamPool[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw new ClientError("every ip-range or gateway must have a corresponding subnet");
  }
  const pools = new Map<string, IpamPool>();
  for (const subnet of subnets) {
    for (const other of pools.keys()) {
      if (lies(subnet, other) || lies(other, subnet)) {
        throw new ClientError("multiple overlapping subnet configuration is not supported");
      }
    }
    pools.set(subnet, { Subnet: subnet });
  }
  const place = (what: string, address: string, put: (pool: IpamPool, subnet: string) => void): void => {
    const homes = subnets.filter((subnet) => lies(subnet, address));
    for (const subnet of homes) put(pools.get(subnet)!, subnet);
    if (homes.length === 0) throw new ClientError(`no matching subnet for ${what} ${address}`);
  };
  for (const range of ranges) {
    place("range", range, (pool, subnet) => {
      if (pool.IPRange !== undefined) {
        throw new ClientError(
          `cannot configure multiple ranges (${range}, ${pool.IPRange}) on the same subnet (${subnet})`,
        );
      }
      pool.IPRange = range;
    });
  }
  for (const gateway of gateways) {
    place("gateway", gateway, (pool, subnet) => {
      if (pool.Gateway !== undefined) {
        throw new ClientError(
          `cannot configure multiple gateways (${gateway}, ${pool.Gateway}) for the same subnet (${subnet})`,
        );
      }
      pool.Gateway = gateway;
    });
  }
  for (const [name, address] of Object.entries(auxiliary)) {
    place("aux-address", address, (pool) => {
      pool.AuxiliaryAddresses = { ...pool.AuxiliaryAddresses, [name]: address };
    });
  }
  return [...pools.values()];
}

/** Whether an address, or the address of a prefix, lies in a subnet. */
function lies(subnet: string, what: string): boolean {
  if (!isCidr(subnet)) throw new ClientError(`invalid subnet: invalid CIDR address: ${subnet}`);
  if (what.includes("/") && !isCidr(what)) throw new ClientError(`invalid CIDR address: ${what}`);
  const prefix = parsePrefix(subnet);
  const address = parse(what.split("/")[0]!);
  // Networks of IPv6 are not simulated; the engine says so where they are wanted.
  if (prefix === null) return subnet.includes(":") && what.includes(":");
  return address !== null && contains(prefix.address, prefix.length, address);
}

function isCidr(text: string): boolean {
  const found = /^(.*)\/(\d{1,3})$/.exec(text);
  if (found === null || canonicalAddress(found[1]!) === null) return false;
  return Number(found[2]) <= (found[1]!.includes(":") ? 128 : 32);
}

function remove({ context, args, api }: Invocation): number {
  let status = 0;
  for (const ref of args) {
    try {
      naming("network", ref, () => api.networkRemove(ref));
      context.out(`${ref}\n`);
    } catch (error) {
      context.err(`${refusal(error)}\n`);
      status = 1;
    }
  }
  return status;
}

const PRUNE_QUESTION =
  "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue?";

function* prune(invocation: Invocation): Program {
  const { context, options } = invocation;
  if (!options.flag("force") && !(yield* confirm(invocation, PRUNE_QUESTION))) return 0;
  const text = pruneNetworks(invocation);
  if (text !== "") context.out(`${text}\n`);
  return 0;
}

/** What pruning networks says. */
export function pruneNetworks({ options, api }: Invocation): string {
  const { NetworksDeleted } = api.networkPrune(options.filters());
  if (NetworksDeleted.length === 0) return "";
  return `Deleted Networks:\n${NetworksDeleted.map((name) => `${name}\n`).join("")}`;
}

function connect({ options, args, api }: Invocation): number {
  const [network, container] = args as [string, string];
  const driverOpts: Record<string, string> = {};
  for (const text of options.list("driver-opt")) {
    const equals = text.indexOf("=");
    if (equals < 0) throw new ClientError("invalid key/value pair format in driver options");
    driverOpts[text.slice(0, equals).trim()] = text.slice(equals + 1).trim();
  }
  const ipam: { IPv4Address?: string; IPv6Address?: string; LinkLocalIPs?: string[] } = {};
  if (options.text("ip") !== "") ipam.IPv4Address = options.text("ip");
  if (options.text("ip6") !== "") ipam.IPv6Address = options.text("ip6");
  if (options.list("link-local-ip").length > 0) ipam.LinkLocalIPs = [...options.list("link-local-ip")];
  const links = options.list("link");
  const aliases = options.list("alias");
  api.networkConnect(network, container, {
    IPAMConfig: ipam,
    Links: links.length === 0 ? null : [...links],
    Aliases: [...aliases],
    DriverOpts: driverOpts,
  });
  return 0;
}

function disconnect({ options, args, api }: Invocation): number {
  api.networkDisconnect(args[0]!, args[1]!, options.flag("force"));
  return 0;
}
