import { UserError } from "../base/user-error.ts";
import { DaemonError } from "../docker/api/daemon-error.ts";
import type { ImageSpec } from "../docker/images/image-spec.ts";
import {
  type CpuSpec,
  type HostSpec,
  macForAddress,
  type NicSpec,
  PLAIN_CPU,
  PLAIN_WIRE,
  type SwitchSpec,
  type Topology,
  type TrunkSpec,
  type WireSpec,
} from "../lab/topology.ts";
import { isInNetwork, readInterfaceAddress } from "./address.ts";
import type { CpuText, FrontMatterText, HostText, NicText, WireText } from "./front-matter.ts";
import { type ImageText, imageSpec } from "./image-text.ts";
import { hintFor } from "./nearest.ts";
import { failure, type Outcome, success } from "./outcome.ts";
import { parseDuration, parseRate } from "./quantity.ts";
import type { Path, YamlValue } from "./yaml-value.ts";

const DEFAULT_MTU = 1500;
const UNICAST_MAC = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/;

/** Turns front matter into a topology: defaults filled in, names and addresses checked against each other. */
class TopologyBuilder {
  readonly errors: UserError[] = [];
  readonly #source: YamlValue<FrontMatterText>;
  readonly #switches: SwitchSpec[] = [];
  readonly #hosts: HostSpec[] = [];
  readonly #trunks: TrunkSpec[] = [];
  /** Where each card was written: for messages about it. */
  readonly #paths = new Map<NicSpec, Path>();

  constructor(source: YamlValue<FrontMatterText>) {
    this.#source = source;
  }

  build(): Topology {
    const text = this.#source.value;
    this.#addSwitches(text.switches);
    for (const [name, host] of Object.entries(text.hosts)) this.#addHost(name, host);
    for (const [name, ports] of Object.entries(text.routers ?? {})) this.#addRouter(name, ports);
    this.#checkNames();
    this.#checkAddresses();
    for (const [n, wire] of (text.wires ?? []).entries()) this.#addWire(wire, ["wires", n]);
    const images = Object.entries(text.images ?? {}).flatMap(([name, image]) => this.#image(name, image));
    const topology = { hosts: this.#hosts, switches: this.#switches, trunks: this.#trunks };
    return images.length === 0 ? topology : { ...topology, images };
  }

  #image(name: string, text: ImageText): ImageSpec[] {
    try {
      return [imageSpec(name, text)];
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      this.#errorAtKey(["images", name], `"${name}" is no name of an image`, error.message);
      return [];
    }
  }

  #error(path: Path, message: string, hint = ""): void {
    this.errors.push(new UserError("TOPOLOGY", message, this.#source.placeOf(path), hint));
  }

  #errorAtKey(path: Path, message: string, hint = ""): void {
    this.errors.push(new UserError("TOPOLOGY", message, this.#source.placeOfKey(path), hint));
  }

  #addSwitches(text: FrontMatterText["switches"]): void {
    if (text === undefined) this.#switches.push({ name: "u0", mtu: DEFAULT_MTU });
    else if (Array.isArray(text)) {
      for (const name of text) this.#switches.push({ name, mtu: DEFAULT_MTU });
    } else {
      for (const [name, { mtu }] of Object.entries(text))
        this.#switches.push({ name, mtu: mtu ?? DEFAULT_MTU });
    }
  }

  #addHost(name: string, text: string | HostText): void {
    const path: Path = ["hosts", name];
    if (typeof text === "string") {
      const nic = this.#nic("eth0", text, path, 0);
      this.#hosts.push({ name, router: false, nics: [nic], gateway: null, cpu: PLAIN_CPU });
      return;
    }
    const { nics: several, gateway, cpu, docker, ...single } = text;
    const nics: NicSpec[] = [];
    if (several === undefined) nics.push(this.#nic("eth0", single, path, 0));
    else {
      for (const key of Object.keys(single)) {
        this.#errorAtKey([...path, key], `"${key}" belongs to a card`, "move it below nics");
      }
      for (const [card, nic] of Object.entries(several)) {
        nics.push(this.#nic(card, nic, [...path, "nics", card], nics.length));
      }
    }
    this.#hosts.push({
      name,
      router: false,
      nics,
      gateway: gateway === undefined ? null : this.#gateway(gateway, nics, [...path, "gateway"]),
      cpu: this.#cpu(cpu, [...path, "cpu"]),
      ...(docker === undefined || docker === false ? {} : { docker: docker === true ? {} : docker }),
    });
  }

  #addRouter(name: string, ports: Readonly<Record<string, string>>): void {
    const nics = Object.entries(ports).map(([port, address], n) =>
      this.#nic(`eth${n}`, { address, switch: port }, ["routers", name, port], n),
    );
    this.#hosts.push({ name, router: true, nics, gateway: null, cpu: PLAIN_CPU });
  }

  #nic(name: string, text: string | NicText, path: Path, index: number): NicSpec {
    const given = typeof text === "string" ? { address: text } : text;
    const at = (key: string): Path => (typeof text === "string" ? path : [...path, key]);
    const port = given.switch ?? this.#switches[0]?.name ?? "u0";
    const known = this.#switches.map((one) => one.name);
    if (!known.includes(port))
      this.#error(at("switch"), `there is no switch "${port}"`, hintFor(port, known));
    let address: NicSpec["address"] = null;
    if (given.address !== undefined) {
      const read = readInterfaceAddress(given.address);
      if (read.ok) address = read.address;
      else this.#error(at("address"), read.message, read.hint);
    }
    const mac = given.mac?.toLowerCase() ?? this.#defaultMac(address, index);
    if (!UNICAST_MAC.test(mac)) {
      this.#error(
        at("mac"),
        `"${given.mac}" is not the MAC of a card`,
        "six pairs, the first one even: 52:54:00:0a:00:01",
      );
    }
    const mtu = given.mtu ?? DEFAULT_MTU;
    const nic: NicSpec = { name, mac, address, mtu, switch: port, wire: PLAIN_WIRE };
    this.#paths.set(nic, at("address"));
    return nic;
  }

  /** Cards without an address count up under a prefix of their own: 52:54:ff, the host's number, the card's. */
  #defaultMac(address: NicSpec["address"], index: number): string {
    if (address !== null) return macForAddress(address.address);
    const host = this.#hosts.length;
    const bytes = [0x52, 0x54, 0xff, host >> 8, host & 0xff, index];
    return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  }

  #gateway(text: string, nics: readonly NicSpec[], path: Path): string | null {
    const read = readInterfaceAddress(text);
    if (!read.ok || text.includes("/")) {
      if (read.ok) this.#error(path, `"${text}" has a prefix length`, "a plain address");
      else this.#error(path, read.message, read.hint);
      return null;
    }
    if (!nics.some((nic) => nic.address !== null && isInNetwork(text, nic.address))) {
      this.#error(
        path,
        `the gateway ${text} lies in no network of this host`,
        "the kernel would say: Nexthop has invalid gateway",
      );
    }
    return text;
  }

  #cpu(text: CpuText | undefined, path: Path): CpuSpec {
    let cost = 0;
    if (typeof text?.cost === "number") cost = text.cost;
    else if (text?.cost !== undefined) {
      const parsed = parseDuration(text.cost);
      if (parsed === null)
        this.#error([...path, "cost"], `"${text.cost}" is no time`, "such as 500ns or 2us");
      else cost = parsed;
    }
    return { count: text?.count ?? 1, cost, ...(text?.steering === "turn" ? { steering: "turn" } : {}) };
  }

  #checkNames(): void {
    const seen = new Set<string>();
    const text = this.#source.value;
    for (const section of ["hosts", "routers", "switches"] as const) {
      const names = text[section] ?? {};
      for (const [key, entry] of Object.entries(names)) {
        const name = Array.isArray(names) ? String(entry) : key;
        if (seen.has(name)) this.#errorAtKey([section, key], `there are two things called "${name}"`);
        seen.add(name);
      }
    }
  }

  #checkAddresses(): void {
    const addresses = new Map<string, string>();
    const macs = new Map<string, string>();
    // The same MAC twice does no harm where the two cards never meet; a wire between switches lets all meet.
    const trunked = (this.#source.value.wires ?? []).some((wire) =>
      this.#switches.some((one) => one.name === wire.from),
    );
    for (const host of this.#hosts) {
      for (const nic of host.nics) {
        const who = `${host.name}/${nic.name}`;
        const path = this.#paths.get(nic)!;
        const address = nic.address?.address;
        const owner = address === undefined ? undefined : addresses.get(address);
        if (owner !== undefined) {
          this.#error(path, `${who} and ${owner} have the same address ${address}`);
          continue;
        }
        if (address !== undefined) addresses.set(address, who);
        const segmentMac = `${trunked ? "" : nic.switch} ${nic.mac}`;
        const twin = macs.get(segmentMac);
        if (twin !== undefined)
          this.#error(path, `${who} and ${twin} have the same MAC ${nic.mac}`, "give one of them a mac");
        macs.set(segmentMac, who);
      }
    }
  }

  #addWire(text: WireText, path: Path): void {
    const wire = this.#wire(text, path);
    const switches = this.#switches.map((one) => one.name);
    const hosts = this.#hosts.map((host) => host.name);
    if (switches.includes(text.from)) {
      if (text.to === undefined) this.#errorAtKey([...path, "from"], `a wire from a switch needs a "to"`);
      else if (!switches.includes(text.to) || text.to === text.from) {
        this.#error([...path, "to"], `"${text.to}" is no other switch`, hintFor(text.to, switches));
      } else this.#trunks.push({ from: text.from, to: text.to, wire });
      return;
    }
    const [hostName, card = "eth0", ...rest] = text.from.split("/");
    const at = this.#hosts.findIndex((host) => host.name === hostName);
    const host = this.#hosts[at];
    const nic = rest.length > 0 ? undefined : host?.nics.find((one) => one.name === card);
    if (host === undefined || nic === undefined) {
      const known =
        host === undefined ? [...hosts, ...switches] : host.nics.map((one) => `${host.name}/${one.name}`);
      this.#error([...path, "from"], `"${text.from}" is no card and no switch`, hintFor(text.from, known));
      return;
    }
    if (text.to !== undefined && text.to !== nic.switch) {
      this.#error([...path, "to"], `${host.name}/${card} hangs on ${nic.switch}, not on ${text.to}`);
    }
    const nics = host.nics.map((one) => (one === nic ? { ...nic, wire } : one));
    this.#hosts[at] = { ...host, nics };
  }

  #wire(text: WireText, path: Path): WireSpec {
    const quantity = (
      key: "delay" | "rate",
      parse: (text: string) => number | null,
      example: string,
    ): number => {
      const value = text[key];
      if (value === undefined) return PLAIN_WIRE[key];
      const parsed = parse(value);
      if (parsed === null) this.#error([...path, key], `"${value}" is no ${key}`, `such as ${example}`);
      return parsed ?? PLAIN_WIRE[key];
    };
    return {
      delay: quantity("delay", parseDuration, "10ms or 50us"),
      rate: quantity("rate", parseRate, "100mbit or 1gbit"),
      queue: text.queue ?? PLAIN_WIRE.queue,
    };
  }
}

/** The topology that front matter describes, or everything that is wrong with it. */
export function buildTopology(source: YamlValue<FrontMatterText>): Outcome<Topology> {
  const builder = new TopologyBuilder(source);
  const topology = builder.build();
  return builder.errors.length > 0 ? failure(builder.errors) : success(topology);
}
