import * as ip from "../../../wire/ipv4-address.ts";
import type { DriverHost } from "../driver-host.ts";
import type { PublishedPort } from "../network-driver.ts";
import type { BridgeConfig } from "./bridge-config.ts";

export const ISOLATION_1 = "DOCKER-ISOLATION-STAGE-1";
export const ISOLATION_2 = "DOCKER-ISOLATION-STAGE-2";

const CHAINS = [
  ["nat", "DOCKER"],
  ["filter", "DOCKER"],
  ["filter", ISOLATION_1],
  ["filter", ISOLATION_2],
] as const;

/** What leads packets for the host's own addresses to the published ports. */
const LOCAL = "-m addrtype --dst-type LOCAL -j DOCKER";
const NOT_LOOPBACK = " ! -d 127.0.0.0/8";

/** Takes away what an engine of before, and whoever else, left in its chains; DOCKER-USER is not its own (removeIPChains). */
export function clearChains(host: DriverHost): void {
  host.dropRule("nat", "PREROUTING", LOCAL);
  for (const rule of [LOCAL + NOT_LOOPBACK, LOCAL]) host.dropRule("nat", "OUTPUT", rule);
  for (const [table, chain] of CHAINS) {
    host.attempt(host.iptablesOperation(`-t ${table} -F ${chain}`));
    // A chain that rules lead to stays.
    host.attempt(host.iptablesOperation(`-t ${table} -X ${chain}`));
  }
}

/** The chains that dockerd makes when it starts (setupIPChains). */
export function setUpChains(host: DriverHost): void {
  for (const [table, chain] of CHAINS) host.attempt(host.iptablesOperation(`-t ${table} -N ${chain}`));
  for (const chain of [ISOLATION_1, ISOLATION_2]) host.addRule("-A", "filter", chain, "-j RETURN");
}

/** Has `chain` asked first of all that is forwarded (EnsureJumpRule). */
export function jumpFirst(host: DriverHost, chain: string): void {
  host.dropRule("filter", "FORWARD", `-j ${chain}`);
  host.iptables(`-I FORWARD -j ${chain}`);
}

/** DOCKER-USER, which is for people, stands in front of everything (arrangeUserFilterRule). */
export function arrangeUserChain(host: DriverHost): void {
  host.attempt(host.iptablesOperation("-N DOCKER-USER"));
  host.addRule("-A", "filter", "DOCKER-USER", "-j RETURN");
  jumpFirst(host, "DOCKER-USER");
}

/** A bridge and the network on it, as the rules name them. */
interface Place {
  readonly config: BridgeConfig;
  /** `172.18.0.0/16` */
  readonly subnet: string;
  /** No userland proxy: packets that leave a container for its own published port come back to it. */
  readonly hairpin: boolean;
}

/** The rules of a network (setupIPTables), in the order in which the engine makes them: each goes before the others. */
export function addNetworkRules(host: DriverHost, place: Place): void {
  const { config, hairpin } = place;
  const { bridge } = config;
  for (const [table, chain, rule] of ownRules(place)) host.addRule("-I", table, chain, rule);
  setIcc(host, config);
  host.addRule("-I", "filter", "FORWARD", outgoing(bridge));
  host.addRule("-A", "nat", "PREROUTING", LOCAL);
  host.addRule("-A", "nat", "OUTPUT", hairpin ? LOCAL : LOCAL + NOT_LOOPBACK);
  for (const rule of incoming(bridge)) host.addRule("-I", "filter", "FORWARD", rule);
  jumpFirst(host, ISOLATION_1);
  for (const [chain, rule] of isolation(bridge)) host.addRule("-I", "filter", chain, rule);
}

export function dropNetworkRules(host: DriverHost, place: Place): void {
  const { config } = place;
  const { bridge } = config;
  for (const [table, chain, rule] of ownRules(place)) host.dropRule(table, chain, rule);
  host.dropRule("filter", "FORWARD", among(bridge, config.icc));
  host.dropRule("filter", "FORWARD", outgoing(bridge));
  for (const rule of incoming(bridge)) host.dropRule("filter", "FORWARD", rule);
  for (const [chain, rule] of isolation(bridge)) host.dropRule("filter", chain, rule);
}

/** Nothing comes in or goes out but what is of the subnet (setupInternalNetworkRules). */
export function addInternalRules(host: DriverHost, place: Place): void {
  for (const rule of internal(place)) host.addRule("-I", "filter", ISOLATION_1, rule);
  setIcc(host, place.config);
  jumpFirst(host, ISOLATION_1);
}

export function dropInternalRules(host: DriverHost, place: Place): void {
  for (const rule of internal(place)) host.dropRule("filter", ISOLATION_1, rule);
  host.dropRule("filter", "FORWARD", among(place.config.bridge, place.config.icc));
}

/** Translation, where the network has it. */
function ownRules({ config, subnet, hairpin }: Place): [table: string, chain: string, rule: string][] {
  const { bridge, masquerade, hostAddress } = config;
  if (!masquerade) return [];
  const target = hostAddress === null ? "-j MASQUERADE" : `-j SNAT --to-source ${hostAddress}`;
  return [
    ["nat", "POSTROUTING", `-s ${subnet} ! -o ${bridge} ${target}`],
    hairpin
      ? ["nat", "POSTROUTING", `-m addrtype --src-type LOCAL -o ${bridge} ${target}`]
      : ["nat", "DOCKER", `-i ${bridge} -j RETURN`],
  ];
}

function outgoing(bridge: string): string {
  return `-i ${bridge} ! -o ${bridge} -j ACCEPT`;
}

function incoming(bridge: string): readonly string[] {
  return [`-o ${bridge} -j DOCKER`, `-o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`];
}

function isolation(bridge: string): readonly (readonly [chain: string, rule: string])[] {
  return [
    [ISOLATION_1, `-i ${bridge} ! -o ${bridge} -j ${ISOLATION_2}`],
    [ISOLATION_2, `-o ${bridge} -j DROP`],
  ];
}

function internal({ config: { bridge }, subnet }: Place): readonly string[] {
  return [`-i ${bridge} ! -d ${subnet} -j DROP`, `-o ${bridge} ! -s ${subnet} -j DROP`];
}

function among(bridge: string, icc: boolean): string {
  return `-i ${bridge} -o ${bridge} -j ${icc ? "ACCEPT" : "DROP"}`;
}

/** Whether containers of one bridge may talk: a refusal stands last, a permission first (setIcc). */
function setIcc(host: DriverHost, { bridge, icc }: BridgeConfig): void {
  host.dropRule("filter", "FORWARD", among(bridge, !icc));
  host.addRule(icc ? "-I" : "-A", "filter", "FORWARD", among(bridge, icc));
}

/** The rules of a published port: where it goes, that it may, and that a container reaches itself by it (Forward). */
export function portRules(
  bridge: string,
  hairpin: boolean,
  container: number,
  { protocol, port, hostAddress, hostPort }: PublishedPort,
): readonly (readonly [table: string, chain: string, rule: string])[] {
  const at = ip.format(container);
  const to = hostAddress === "0.0.0.0" ? "0/0" : hostAddress;
  const from = hairpin ? "" : ` ! -i ${bridge}`;
  return [
    [
      "nat",
      "DOCKER",
      `-p ${protocol} -d ${to} --dport ${hostPort} -j DNAT --to-destination ${at}:${port}${from}`,
    ],
    ["filter", "DOCKER", `! -i ${bridge} -o ${bridge} -p ${protocol} -d ${at} --dport ${port} -j ACCEPT`],
    ["nat", "POSTROUTING", `-p ${protocol} -s ${at} -d ${at} --dport ${port} -j MASQUERADE`],
  ];
}

/** What lets a container talk to one that it is linked to, on a network whose containers may not (chain.Link). */
export function linkRules(bridge: string, from: number, to: number, exposed: string): readonly string[] {
  const [port, protocol = "tcp"] = exposed.split("/");
  const [parent, child] = [ip.format(from), ip.format(to)];
  return [
    `-i ${bridge} -o ${bridge} -p ${protocol} -s ${parent} -d ${child} --dport ${port} -j ACCEPT`,
    `-i ${bridge} -o ${bridge} -p ${protocol} -s ${child} -d ${parent} --sport ${port} -j ACCEPT`,
  ];
}
