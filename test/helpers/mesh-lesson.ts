import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Recorder } from "../../src/capture/recorder.ts";
import { Lab } from "../../src/lab/lab.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";
import type { ConsoleCommand, Lesson } from "../../src/scenario/lesson.ts";
import { parseFile } from "../../src/scenario/parse-file.ts";
import { linesOf } from "../kernel/lesson-files.ts";
import { framesPassing } from "./passing-frames.ts";

const FILE = "scenarios/routing-mesh.md";

/** The lesson of the routing mesh, typed line by line as far as a test wants. */
export class MeshLesson {
  readonly lesson: Lesson;
  readonly world: LabWorld;
  readonly #lines: readonly (ConsoleCommand & { readonly host: string })[];
  #typed = 0;

  constructor(seed = 1) {
    const parsed = parseFile(FILE, readFileSync(join(import.meta.dirname, "../..", FILE), "utf8"));
    if (!parsed.ok) throw parsed.errors[0];
    this.lesson = parsed.value;
    this.world = new LabWorld(new Lab(this.lesson.topology, { seed }));
    this.#lines = linesOf(this.lesson);
  }

  /** Types all that stands before the first request of the client. */
  async runToFirstRequest(): Promise<void> {
    const first = this.#lines.findIndex(({ host, text }) => host === "client" && /:8080/.test(text));
    await this.#runTo(first);
  }

  async runToTheEnd(): Promise<void> {
    await this.#runTo(this.#lines.length);
  }

  /** What a command prints in `a` (the host itself) or `a/web` (a namespace of it). */
  async ask(where: string, command: string): Promise<string> {
    const [host = "", namespace] = where.split("/");
    const inside = namespace === undefined ? command : `ip netns exec ${namespace} ${command}`;
    return (await this.world.type(host, inside)).output;
  }

  get recorder(): Recorder {
    return this.world.lab.record();
  }

  /** Watches a device as tcpdump does, which makes it promiscuous; `device` as `a/eth0` or `a/ingress_sbox/eth0`. */
  async watch(device: string): Promise<void> {
    const where = device.slice(0, device.lastIndexOf("/"));
    const name = device.slice(where.length + 1);
    await this.ask(
      where,
      `tcpdump -i ${name} -w /tmp/${device.replaceAll("/", "-")} 2> /dev/null & sleep 0.1`,
    );
  }

  /** The frames that passed devices since a step of the record, in order: a name for the device, and the frame in words. */
  frames(since: number, names: ReadonlyMap<string, string>): string[] {
    return framesPassing(this.world.lab, since, names);
  }

  async #runTo(end: number): Promise<void> {
    for (; this.#typed < end; this.#typed++) {
      const { host, text, place } = this.#lines[this.#typed]!;
      await this.world.type(host, text, `${place.file}:${place.line}`);
    }
  }
}
