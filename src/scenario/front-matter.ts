import { z } from "zod";
import type { DaemonOptions, Topology } from "../lab/topology.ts";
import { buildTopology } from "./build-topology.ts";
import { type ImageText, imageSchema } from "./image-text.ts";
import type { Outcome } from "./outcome.ts";
import { failure, success } from "./outcome.ts";
import { readYaml, type YamlSource } from "./yaml-value.ts";

/** A card as written: an address, or more. */
export interface NicText {
  /** IPv4 address, `/24` unless a prefix length follows; none unless given. */
  readonly address?: string | undefined;
  /** The switch at which it hangs; the first one unless given. */
  readonly switch?: string | undefined;
  /** MAC address; `52:54:00` and the last three bytes of the address unless given. */
  readonly mac?: string | undefined;
  /** Bytes of payload of one frame; 1500 unless given. */
  readonly mtu?: number | undefined;
}

/** A host as written: with one card, whose properties stand here, or with several. */
export interface HostText extends NicText {
  /** Several cards by the names of their devices, in place of the one that is described here. */
  readonly nics?: Readonly<Record<string, string | NicText>> | undefined;
  /** Address of the default route's gateway; no default route unless given. */
  readonly gateway?: string | undefined;
  /** Its processors; one whose work takes no time unless given. */
  readonly cpu?: CpuText | undefined;
  /** `true`: it has a Docker Engine; or one with these options of `daemon.json`. None unless given. */
  readonly docker?: boolean | DaemonOptions | undefined;
}

/** The processors of a host as written. */
export interface CpuText {
  /** How many; 1 unless given. */
  readonly count?: number | undefined;
  /** Time of each step of a packet: nanoseconds, or a text such as `2us`; 0 unless given. */
  readonly cost?: number | string | undefined;
  /** `flow` unless given: a flow's packets go to one CPU; `turn`: each CPU gets one in its turn. */
  readonly steering?: "flow" | "turn" | undefined;
}

/** A wire as written: from a card to its switch, or from one switch to another. */
export interface WireText {
  /** A host (its only card), one of its cards (`a/eth1`), or a switch. */
  readonly from: string;
  /** A switch; not needed for a card. */
  readonly to?: string | undefined;
  /** Time from end to end, `10ms` or `50us`; none unless given. */
  readonly delay?: string | undefined;
  /** Bits per second as `tc` writes them, `100mbit`; without limit unless given. */
  readonly rate?: string | undefined;
  /** How many frames may wait at an end; 1000 unless given. */
  readonly queue?: number | undefined;
}

/** Front matter as written, after the schema's check. */
export interface FrontMatterText {
  /** What reports call the lesson. */
  readonly title: string;
  /** Which parts of the book it re-enacts: `["D6"]`. */
  readonly parts?: readonly string[] | undefined;
  /** The one seed under which it holds, 0 to 4294967295. */
  readonly seed?: number | undefined;
  /** By name: an address (`/24` unless a prefix length follows), or a description. */
  readonly hosts: Readonly<Record<string, string | HostText>>;
  /** Names, or descriptions by name with `mtu` in bytes; one switch, `u0`, unless given. */
  readonly switches?:
    | readonly string[]
    | Readonly<Record<string, { readonly mtu?: number | undefined }>>
    | undefined;
  /** By name: the router's address on each switch. Its cards are eth0, eth1 ..., and it forwards from the start. */
  readonly routers?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
  /** Images by name, besides the usual ones, on all hosts. */
  readonly images?: Readonly<Record<string, ImageText>> | undefined;
  /** Wires that are not perfect, and wires between switches. */
  readonly wires?: readonly WireText[] | undefined;
  /** Modules of Linux without which it cannot be typed on a real kernel: `["ip_vs"]`. */
  readonly needs?: readonly string[] | undefined;
  /** Why the real kernel cannot check the lesson. */
  readonly real?: string | undefined;
}

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, {
    error: (issue) => `"${issue.input}" is no name: letters in lower case, digits and dashes, a letter first`,
  })
  .meta({ description: "A name: lower-case letters, digits and dashes, a letter first." });

const interfaceName = z
  .string()
  .regex(/^[a-z][a-z0-9.-]{0,14}$/, {
    error: (issue) => `"${issue.input}" is no device name: at most 15 letters, digits, dots and dashes`,
  })
  .meta({ description: "A device's name, as Linux allows it." });

const address = z.string().meta({
  description: "IPv4 address; /24 unless a prefix length follows.",
  examples: ["172.10.0.15", "10.0.0.1/16"],
});

const mtu = z.int().min(68).max(65535).meta({ description: "Bytes of payload of one frame." });

/** A network card, or the only one of a host. */
const card = {
  address: address.optional(),
  switch: name.optional(),
  mac: z.string().optional(),
  mtu: mtu.optional(),
};

const nic = z.union([address, z.strictObject(card)]);

const cpu = z
  .strictObject({
    count: z.int().min(1).max(1024).optional(),
    cost: z
      .union([z.int().min(0), z.string()])
      .optional()
      .meta({ description: "Virtual time of one step of a packet: nanoseconds, or a text such as 2us." }),
    steering: z
      .enum(["flow", "turn"])
      .optional()
      .meta({ description: "Which CPU gets a packet: that of its flow, or each in turn." }),
  })
  .meta({ description: "How many CPUs work off the host's packets, and what a step costs." });

const docker = z.union([
  z.boolean(),
  z.strictObject({
    bip: z.string().optional().meta({ description: "Address and prefix length of docker0." }),
    "default-address-pools": z
      .array(z.strictObject({ base: z.string(), size: z.int().min(1).max(32) }))
      .optional()
      .meta({
        description: "Where networks without a subnet get theirs: of which network, of which length.",
      }),
    dns: z.array(z.string()).optional().meta({ description: "Name servers of the containers." }),
    "dns-opts": z.array(z.string()).optional(),
    "dns-search": z.array(z.string()).optional(),
    "fixed-cidr": z
      .string()
      .optional()
      .meta({ description: "The part of docker0's subnet that containers get." }),
    icc: z.boolean().optional().meta({ description: "Whether containers on docker0 reach each other." }),
    "ip-forward": z.boolean().optional(),
    "ip-masq": z.boolean().optional(),
    ip: z.string().optional().meta({ description: "Where ports are published that say no address." }),
    iptables: z.boolean().optional().meta({ description: "false: the engine leaves iptables alone." }),
    mtu: mtu.optional(),
    "userland-proxy": z.boolean().optional(),
  }),
]);

const host = z.union([
  address,
  z.strictObject({
    ...card,
    nics: z.record(interfaceName, nic).optional(),
    gateway: address.optional(),
    cpu: cpu.optional(),
    docker: docker.optional().meta({ description: "A Docker Engine, with options of daemon.json." }),
  }),
]);

const wire = z.strictObject({
  from: z.string().meta({ description: "A host, one of its cards (a/eth0), or a switch." }),
  to: name.optional().meta({ description: "A switch. For a card it may be left out." }),
  delay: z.string().optional().meta({ description: "Time from end to end: 10ms, 50us." }),
  rate: z.string().optional().meta({ description: "Bits per second: 100mbit, 1gbit." }),
  queue: z.int().min(1).max(1_000_000).optional().meta({ description: "Frames that may wait at an end." }),
});

const schema: z.ZodType<FrontMatterText> = z
  .strictObject({
    title: z.string().min(1),
    parts: z
      .array(
        z.string().regex(/^[A-D][1-9][0-9]?$/, { error: (issue) => `"${issue.input}" is no part: A1 to D9` }),
      )
      .optional()
      .meta({ description: "Which parts of the book the lesson re-enacts." }),
    seed: z
      .int()
      .min(0)
      .max(0xffff_ffff)
      .optional()
      .meta({ description: "Only for a lesson that does not hold under every seed." }),
    hosts: z
      .record(name, host)
      .refine((hosts) => Object.keys(hosts).length > 0, { error: "a lesson needs at least one host" }),
    switches: z
      .union([z.array(name).min(1), z.record(name, z.strictObject({ mtu: mtu.optional() }))])
      .optional()
      .meta({
        description: "Without it there is one switch, u0. Cards that name no switch hang on the first.",
      }),
    routers: z
      .record(name, z.record(name, address))
      .optional()
      .meta({ description: "For each router its address on each switch; its cards are eth0, eth1, ..." }),
    images: z
      .record(z.string(), imageSchema)
      .optional()
      .meta({ description: "Images of containers by name, besides the usual ones." }),
    wires: z.array(wire).optional(),
    needs: z
      .array(z.enum(["ip_vs", "ipvlan"]))
      .optional()
      .meta({
        description: "Modules that the real kernel must have for this lesson; not every kernel does.",
      }),
    real: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Why the real kernel cannot check this lesson. Without it, it does." }),
  })
  .meta({ title: "Front matter of an overmesh lesson" });

/** What stands between the two `---` of a lesson. */
export interface FrontMatter {
  readonly title: string;
  readonly parts: readonly string[];
  /** The seed under which alone the lesson holds, or null when it holds under any. */
  readonly seed: number | null;
  readonly topology: Topology;
  /** Modules that a real kernel must have for it, by Linux's names; mostly none. */
  readonly needs: readonly string[];
  /** Why the real kernel cannot check this lesson, or null when it can. */
  readonly real: string | null;
}

/** Parses and checks front matter; errors carry the places of the whole file. */
export function parseFrontMatter(source: YamlSource): Outcome<FrontMatter> {
  const read = readYaml(source, schema);
  if (!read.ok) return failure(read.errors);
  const { value } = read.value;
  const topology = buildTopology(read.value);
  if (!topology.ok) return failure(topology.errors);
  return success({
    title: value.title,
    parts: value.parts ?? [],
    seed: value.seed ?? null,
    topology: topology.value,
    needs: value.needs ?? [],
    real: value.real ?? null,
  });
}

/** JSON Schema (2020-12) of front matter, for editors. */
export function frontMatterJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input" });
}
