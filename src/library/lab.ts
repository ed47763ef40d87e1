import { UserError } from "../base/user-error.ts";
import type { Balance } from "../capture/conservation.ts";
import type { Journey as RawJourney } from "../capture/journey.ts";
import { Lab as Engine } from "../lab/lab.ts";
import {
  type AddressEntry,
  type Counters,
  type FdbEntry,
  type LinkEntry,
  type NeighbourEntry,
  type RouteEntry,
  type RuleEntry,
  Tables,
} from "../lab/tables.ts";
import type { Operation } from "../operations/operation.ts";
import { type EntryHistory, entryHistories } from "../scenario/entry-history.ts";
import { parseFrontMatter } from "../scenario/front-matter.ts";
import { LabWorld } from "../scenario/lab-world.ts";
import type { Lesson } from "../scenario/lesson.ts";
import { parseLesson } from "../scenario/parse-lesson.ts";
import { runLesson } from "../scenario/run-lesson.ts";
import { type FrameRequest, type PacketRequest, sendPacket } from "../scenario/send-packet.ts";
import type { Nanos } from "../sim/time.ts";
import { publicJourney } from "./journey.ts";
import type {
  Host,
  Journey,
  Lab,
  LabDescription,
  LabOptions,
  LessonOutcome,
  RunResult,
  SentJourney,
} from "./types.ts";

const MAX_SEED = 0xffff_ffff;

/**
 * Makes a lab of simulated hosts, from a value, `lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } })`, or from the text
 * of a lesson, whose hosts, switches and wires it gets (its commands are typed by `runLesson`).
 * @throws {UserError} for the first mistake in the description, with its place; SEED
 */
export function lab(description: LabDescription | string, options: LabOptions = {}): Lab {
  const { lesson, topology, seed } = read(description);
  const chosen = options.seed ?? seed ?? 1;
  if (!Number.isInteger(chosen) || chosen < 0 || chosen > MAX_SEED)
    throw new UserError("SEED", `${chosen} is no seed`, null, `a whole number from 0 to ${MAX_SEED}`);
  const images = [...(topology.images ?? []), ...(options.images ?? [])];
  const world = new LabWorld(new Engine({ ...topology, images }, { seed: chosen }), {
    record: options.record ?? false,
    drivers: options.drivers ?? [],
    ipamDrivers: options.ipamDrivers ?? [],
  });
  return new WorldLab(world, lesson, chosen);
}

type Read = Pick<Lesson, "topology" | "seed"> & { readonly lesson: Lesson | null };

function read(description: LabDescription | string): Read {
  if (typeof description === "string") {
    const parsed = parseLesson("lesson.md", description);
    if (!parsed.ok) throw parsed.errors[0]!;
    return { ...parsed.value, lesson: parsed.value };
  }
  // JSON is YAML, so that one parser tells of mistakes in one way.
  const text = JSON.stringify({ title: "lab", ...description }, null, 2);
  const parsed = parseFrontMatter({ file: "lab", text, firstLine: 1 });
  if (!parsed.ok) throw parsed.errors[0]!;
  return { ...parsed.value, lesson: null };
}

/** The library's face of a world. */
class WorldLab implements Lab {
  readonly hosts: readonly Host[];
  readonly #world: LabWorld;
  readonly #tables: Tables;
  readonly #lesson: Lesson | null;
  readonly #seed: number;

  constructor(world: LabWorld, lesson: Lesson | null, seed: number) {
    this.#world = world;
    this.#tables = new Tables(world.lab, world.toolbox);
    this.#lesson = lesson;
    this.#seed = seed;
    this.hosts = world.lab.hosts.map(({ name }) => new WorldHost(world, name));
  }

  get now(): Nanos {
    return this.#world.now;
  }

  host(name: string): Host {
    this.#world.lab.host(name);
    return this.hosts.find((host) => host.name === name)!;
  }

  apply(where: string, ...commands: readonly (string | Operation)[]): void {
    for (const command of commands) {
      if (typeof command !== "string") this.#world.apply(where, command);
      else for (const line of commandsOf(command)) this.#world.apply(where, line);
    }
  }

  ask(where: string, command: string): string {
    return this.#world.ask(where, command);
  }

  send(request: PacketRequest | FrameRequest): SentJourney {
    const { journey, answers } = sendPacket(this.#world.lab, request);
    return { ...publicJourney(journey), answers: answers.map(publicJourney) };
  }

  advance(duration: Nanos): void {
    if (!Number.isSafeInteger(duration) || duration < 0)
      throw new UserError("TIME", `time cannot pass by ${duration} ns`, null, "a whole number, 0 or more");
    this.#world.advance(duration);
  }

  journeys(since: Nanos = 0): readonly Journey[] {
    return (this.#world.journeys(since) as readonly RawJourney[]).map(publicJourney);
  }

  routes(where: string): readonly RouteEntry[] {
    return this.#tables.routes(this.#world.lab.namespace(where));
  }

  rules(where: string): readonly RuleEntry[] {
    return this.#tables.rules(this.#world.lab.namespace(where));
  }

  neighbours(where: string): readonly NeighbourEntry[] {
    return this.#tables.neighbours(this.#world.lab.namespace(where));
  }

  fdb(where: string): readonly FdbEntry[] {
    return this.#tables.fdb(this.#world.lab.namespace(where));
  }

  addresses(where: string): readonly AddressEntry[] {
    return this.#tables.addresses(this.#world.lab.namespace(where));
  }

  links(where: string): readonly LinkEntry[] {
    return this.#tables.links(this.#world.lab.namespace(where));
  }

  counters(device: string): Counters {
    return this.#tables.counters(this.#world.lab.device(device));
  }

  why(entry: string): readonly EntryHistory[] {
    return entryHistories(this.#world.lab, entry);
  }

  balance(): Balance {
    return this.#world.lab.balance();
  }

  accounts(): readonly string[] {
    return this.#world.accounts();
  }

  capture(): Uint8Array {
    this.#world.checkRecorded();
    return this.#world.pcapng();
  }

  async runLesson(): Promise<LessonOutcome> {
    const lesson = this.#lesson;
    if (lesson === null)
      throw new UserError("NO_LESSON", "this lab has no lesson", null, "make it from a lesson's text");
    this.#world.lab.record();
    const result = await runLesson(lesson, this.#world, this.#seed);
    const problems = result.steps.flatMap((step) =>
      step.problems.length === 0
        ? []
        : [`${step.place.file}:${step.place.line}: ${step.problems.join("\n")}`],
    );
    return { held: result.held, problems: [...problems, ...result.accounts] };
  }
}

class WorldHost implements Host {
  readonly name: string;
  readonly #world: LabWorld;

  constructor(world: LabWorld, name: string) {
    this.#world = world;
    this.name = name;
  }

  get namespaces(): readonly string[] {
    return this.#world.lab.host(this.name).allNamespaces.map((ns) => ns.path);
  }

  get poweredOn(): boolean {
    return this.#world.lab.host(this.name).poweredOn;
  }

  async run(text: string): Promise<RunResult> {
    const { stdout, stderr, status } = await this.#world.type(this.name, text);
    return { stdout, stderr, status };
  }

  powerOff(): void {
    this.#world.lab.powerOff(this.name);
  }

  powerOn(): void {
    this.#world.lab.powerOn(this.name);
  }
}

/** The commands of a text, one a line; empty lines and comments are none. */
function commandsOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
