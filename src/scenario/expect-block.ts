import { z } from "zod";
import { UserError } from "../base/user-error.ts";
import { isEnd, Verdict, verdictName, verdictOf } from "../sim/verdict.ts";
import type { Amount, Expectation } from "./expectation.ts";
import { hintFor } from "./nearest.ts";
import { failure, type Outcome, success } from "./outcome.ts";
import { type Path, readYaml, type YamlSource, type YamlValue } from "./yaml-value.ts";

const place = z
  .string()
  .min(1)
  .meta({
    description: "host, host/namespace, host/device or host/namespace/device.",
    examples: ["a/c1/eth0"],
  });

const amount = z.union([
  z.int().min(0),
  z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
]);

const words = z.string().min(1).meta({ description: "Words that it must have, one after the other." });

const decision = z.strictObject({
  at: place,
  kind: z
    .string()
    .optional()
    .meta({ description: "The table: route, rule, neighbour, fdb, vxlan-fdb, address, device, qdisc ..." }),
  entry: words.optional().meta({ description: "Words of the entry, as its tool prints it." }),
  cause: words
    .optional()
    .meta({ description: "Words of what made the entry: a command, a packet, a timer." }),
});

const journey = z.strictObject({
  from: z.string().meta({ description: "Source address of the packet's innermost IP or ARP header." }),
  to: z.string(),
  protocol: z.enum(["arp", "icmp", "igmp", "udp", "tcp"]).optional(),
  which: z
    .enum(["first", "last", "every", "some"])
    .optional()
    .meta({ description: "Which of the packets that match so far in the lesson; the last unless said." }),
  passes: z.array(place).optional().meta({ description: "Places on the way, in this order." }),
  avoids: z.array(place).optional(),
  delivered: place.optional(),
  dropped: z
    .strictObject({ reason: z.string(), at: place, entry: words.optional(), cause: words.optional() })
    .optional(),
  decisions: z
    .array(decision)
    .min(1)
    .optional()
    .meta({ description: "Entries of tables that decided where it went, in this order." }),
});

const COUNTERS = [
  "rxPackets",
  "rxBytes",
  "rxErrors",
  "rxDropped",
  "txPackets",
  "txBytes",
  "txErrors",
  "txDropped",
  "multicast",
  "collisions",
  "carrierErrors",
] as const;

const counters = z.strictObject({
  device: place,
  ...(Object.fromEntries(COUNTERS.map((name) => [name, amount.optional()])) as Record<
    (typeof COUNTERS)[number],
    z.ZodOptional<typeof amount>
  >),
});

/** The fields of each table's rows, named as the tools print them. */
const FIELDS = {
  fdb: ["mac", "dev", "dst", "vlan", "vni", "state", "master", "flags"],
  route: ["dst", "via", "dev", "src", "metric", "tableId", "scope", "protocol", "type", "mtu"],
  neighbour: ["dst", "dev", "lladdr", "state"],
  rule: ["priority", "not", "from", "to", "fwmark", "iif", "oif", "action", "lookup"],
  address: ["dev", "address", "peer", "broadcast", "scope", "secondary"],
} as const;

const text = z.union([z.string(), z.int(), z.boolean()]);

/** A claim about a row, as written: the fields differ from table to table. */
interface EntryText {
  readonly table: keyof typeof FIELDS;
  readonly in: string;
  readonly absent?: boolean | undefined;
  readonly [field: string]: string | number | boolean | undefined;
}

function entryOf<T extends keyof typeof FIELDS>(table: T) {
  const fields = Object.fromEntries(FIELDS[table].map((name) => [name, text.optional()]));
  return z.strictObject({
    table: z.literal(table),
    in: place,
    absent: z.boolean().optional(),
    ...fields,
    cause: words.optional().meta({ description: "Words of what made the row." }),
  });
}

const entry = z.discriminatedUnion("table", [
  entryOf("fdb"),
  entryOf("route"),
  entryOf("neighbour"),
  entryOf("rule"),
  entryOf("address"),
]) as unknown as z.ZodType<EntryText>;

const frames = z.strictObject({
  on: place,
  filter: z
    .string()
    .optional()
    .meta({ description: "In tcpdump's filter language; all frames unless given." }),
  count: amount,
});

const KINDS = ["journey", "counters", "entry", "frames"] as const;

const claim = z
  .strictObject({
    journey: journey.optional(),
    counters: counters.optional(),
    entry: entry.optional(),
    frames: frames.optional(),
  })
  .refine((value) => Object.keys(value).length === 1, {
    error: `each item is exactly one of: ${KINDS.join(", ")}`,
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const schema = z.array(claim).min(1).meta({ title: "An expect block of an overmesh lesson" });

type Claims = z.infer<typeof schema>;

function toAmount(value: z.infer<typeof amount>): Amount {
  if (typeof value === "number") return { min: value, max: value };
  return { min: value.min ?? 0, max: value.max ?? Number.POSITIVE_INFINITY };
}

/** All names with which a frame can end, except the good end. */
const DROP_REASONS: readonly string[] = Object.values(Verdict)
  .filter((code) => isEnd(code) && code !== Verdict.delivered)
  .map(verdictName);

class ClaimReader {
  readonly errors: UserError[] = [];
  readonly #source: YamlValue<Claims>;
  readonly #hosts: readonly string[];

  constructor(source: YamlValue<Claims>, hosts: readonly string[]) {
    this.#source = source;
    this.#hosts = hosts;
  }

  read(): Expectation[] {
    return this.#source.value.map((item, n): Expectation => {
      if (item.journey !== undefined) return this.#journey(item.journey, [n, "journey"]);
      if (item.counters !== undefined) return this.#counters(item.counters, [n, "counters"]);
      if (item.entry !== undefined) return this.#entry(item.entry, [n, "entry"]);
      return this.#frames(item.frames!, [n, "frames"]);
    });
  }

  #error(path: Path, message: string, hint: string): void {
    this.errors.push(new UserError("EXPECT", message, this.#source.placeOf(path), hint));
  }

  /** A place must at least begin with something that the front matter names. */
  #checkPlace(where: string, path: Path): void {
    const host = where.split("/")[0]!;
    if (!this.#hosts.includes(host))
      this.#error(path, `there is no host "${host}"`, hintFor(host, this.#hosts));
  }

  #journey(value: z.infer<typeof journey>, path: Path): Expectation {
    for (const key of ["passes", "avoids"] as const) {
      for (const [n, where] of (value[key] ?? []).entries()) this.#checkPlace(where, [...path, key, n]);
    }
    for (const [n, { at }] of (value.decisions ?? []).entries())
      this.#checkPlace(at, [...path, "decisions", n, "at"]);
    const { delivered, dropped } = value;
    if (delivered !== undefined) this.#checkPlace(delivered, [...path, "delivered"]);
    if (dropped !== undefined) {
      this.#checkPlace(dropped.at, [...path, "dropped", "at"]);
      if (verdictOf(dropped.reason) === null || !DROP_REASONS.includes(dropped.reason)) {
        this.#error(
          [...path, "dropped", "reason"],
          `"${dropped.reason}" is no drop reason`,
          hintFor(dropped.reason, DROP_REASONS),
        );
      }
      if (delivered !== undefined) this.#error(path, "a packet is delivered or dropped, not both", "");
    }
    return {
      kind: "journey",
      place: this.#source.placeOfKey(path),
      from: value.from,
      to: value.to,
      protocol: value.protocol ?? null,
      which: value.which ?? "last",
      passes: value.passes ?? [],
      avoids: value.avoids ?? [],
      end: delivered !== undefined ? { delivered } : dropped !== undefined ? { dropped } : null,
      decisions: value.decisions ?? [],
    };
  }

  #counters(value: z.infer<typeof counters>, path: Path): Expectation {
    const { device, ...rest } = value;
    this.#checkPlace(device, [...path, "device"]);
    const wanted: Record<string, Amount> = {};
    for (const name of COUNTERS) {
      const given = rest[name];
      if (given !== undefined) wanted[name] = toAmount(given);
    }
    if (Object.keys(wanted).length === 0)
      this.#error(path, "no counter is named", `one of: ${COUNTERS.join(", ")}`);
    return { kind: "counters", place: this.#source.placeOfKey(path), device, counters: wanted };
  }

  #entry(value: EntryText, path: Path): Expectation {
    const { table, in: where, absent, cause, ...rest } = value;
    this.#checkPlace(where, [...path, "in"]);
    const fields: Record<string, string> = {};
    for (const [name, field] of Object.entries(rest)) if (field !== undefined) fields[name] = String(field);
    if (Object.keys(fields).length === 0 && cause === undefined)
      this.#error(path, "no field is named", `one of: ${FIELDS[table].join(", ")}`);
    return {
      kind: "entry",
      place: this.#source.placeOfKey(path),
      table,
      in: where,
      fields,
      cause: cause === undefined ? null : String(cause),
      absent: absent ?? false,
    };
  }

  #frames(value: z.infer<typeof frames>, path: Path): Expectation {
    this.#checkPlace(value.on, [...path, "on"]);
    return {
      kind: "frames",
      place: this.#source.placeOfKey(path),
      on: value.on,
      filter: value.filter ?? "",
      count: toAmount(value.count),
    };
  }
}

/** Parses an `expect` block; `hosts` are the names (hosts, routers, switches) with which a place can begin. */
export function parseExpectBlock(source: YamlSource, hosts: readonly string[]): Outcome<Expectation[]> {
  const read = readYaml(source, schema);
  if (!read.ok) return failure(read.errors);
  const reader = new ClaimReader(read.value, hosts);
  const expectations = reader.read();
  return reader.errors.length > 0 ? failure(reader.errors) : success(expectations);
}

/** JSON Schema (2020-12) of an expect block, for editors. */
export function expectBlockJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(schema, { io: "input" });
}
