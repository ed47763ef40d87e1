import { type HostSpec, macForAddress, PLAIN_CPU, PLAIN_WIRE, type Topology } from "../lab/topology.ts";
import { footerLines, headerLines, ReportFlow, stepLines } from "../scenario/report-text.ts";
import { runLesson } from "../scenario/run-lesson.ts";
import type { MakeWorld } from "./cli-world.ts";
import { readLesson } from "./lesson-files.ts";
import { seedFor } from "./run.ts";
import { ShellSession } from "./shell-session.ts";
import { paintFor, print, Status } from "./talk.ts";
import { typeAt } from "./terminal.ts";

function host(name: string, address: string): HostSpec {
  const nic = {
    name: "eth0",
    mac: macForAddress(address),
    address: { address, prefixLength: 24 },
    mtu: 1500,
    switch: "u0",
    wire: PLAIN_WIRE,
  };
  return { name, router: false, nics: [nic], gateway: null, cpu: PLAIN_CPU, docker: {} };
}

/** The first address of the hosts where one lands without a lesson; the others count on from it. */
const FIRST_ADDRESS = 15;

/** Where one lands without a lesson: hosts with a Docker Engine each, `host` or, if there are several, `a`, `b` ... */
function plainHosts(count: number): Topology {
  const hosts = Array.from({ length: count }, (_, i) =>
    host(count === 1 ? "host" : String.fromCharCode(97 + i), `172.10.0.${FIRST_ADDRESS + i}`),
  );
  return { hosts, switches: [{ name: "u0", mtu: 1500 }], trunks: [] };
}

interface ShellCommandOptions {
  readonly seed?: number;
  /** How many hosts there are without a file. */
  readonly hosts: number;
  readonly showCommands?: boolean;
}

/** `overmesh shell`: at a host's prompt, after the lesson if one is given. */
export async function shell(
  file: string | undefined,
  options: ShellCommandOptions,
  makeWorld: MakeWorld,
): Promise<number> {
  if (file === undefined) {
    const topology = plainHosts(options.hosts);
    const world = await makeWorld({ topology, seed: options.seed ?? 1, interactive: true });
    const hosts = topology.hosts.map((one) => one.name);
    await typeAt(new ShellSession(world, hosts, options.showCommands), hosts);
    return Status.held;
  }
  const lesson = readLesson(file);
  if (lesson === null) return Status.misuse;
  const paint = paintFor(process.stdout);
  const report = { paint, journeys: false, title: lesson.title };
  const chosen = seedFor(lesson, options.seed);
  const world = await makeWorld({
    topology: lesson.topology,
    seed: chosen,
    interactive: true,
  });
  const flow = new ReportFlow();
  print(flow.next(headerLines({ ...lesson, seed: chosen }, paint)));
  const result = await runLesson(lesson, world, chosen, (step) => print(flow.next(stepLines(step, report))));
  print(flow.next([...footerLines(result, report), ""]));
  const hosts = lesson.topology.hosts.map((one) => one.name);
  await typeAt(new ShellSession(world, hosts, options.showCommands), hosts);
  return Status.held;
}
