import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { MakeWorld } from "./cli-world.ts";
import type { ExplainOptions } from "./explain.ts";
import type { RunOptions } from "./run.ts";
import { Status, sayError } from "./talk.ts";

const EXAMPLES = `
Examples:
  overmesh run scenarios/two-hosts.md              run a lesson, see each step
  overmesh run scenarios/overlay.md --journeys     and the way of its packets
  overmesh run scenarios/routing-mesh.md --journeys-in 'One request'   only there
  overmesh run scenarios                           run all lessons of a folder
  overmesh run lesson.md --capture out.pcapng      open out.pcapng in Wireshark
  overmesh run lessons --report junit >report.xml  for a CI system
  overmesh run lesson.md --update                  write the real output into the lesson
  overmesh run setup.sh                            run a plain shell script on the first host
  overmesh explain lesson.md --from a/c1 --to 10.3.0.5   why does it go there?
  overmesh export lesson.md >world.sh              the same on a real Linux, as root
  overmesh check lessons                           look for mistakes, run nothing
  overmesh shell                                   type at the prompt of a host with a Docker Engine
  overmesh shell --hosts 2                         of two such hosts, a and b
  overmesh shell scenarios/overlay.md              type where a lesson ended

A lesson is Markdown. The shortest one:

  ---
  title: Two hosts
  hosts: { a: 172.10.0.15, b: 172.10.0.16 }
  ---
  \`\`\`console a
  $ ping -c 1 172.10.0.16 | grep -c 'bytes from'
  1
  \`\`\`

Exit status: 0 all held, 1 an expectation failed, 2 misuse, 70 a mistake of overmesh itself.
`;

function parseSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(seed <= 0xffff_ffff))
    throw new InvalidArgumentError("A seed is a whole number from 0 to 4294967295.");
  return seed;
}

function parseSize(text: string): number {
  const size = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(size <= 65_507)) throw new InvalidArgumentError("A size is a whole number from 0 to 65507.");
  return size;
}

function parseHosts(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > 26) throw new InvalidArgumentError("1 to 26 hosts.");
  return count;
}

function seedOption(): Option {
  return new Option(
    "--seed <n>",
    "seed of all chance; a lesson that names its own keeps it (default: 1)",
  ).argParser(parseSeed);
}

/** commander's complaint without its "error:" and with its suggestion on the same line. */
function oneLine(text: string): string {
  return text
    .replace(/^error: /, "")
    .trim()
    .split("\n")
    .join(" ");
}

function makeProgram(version: string, makeWorld: MakeWorld, finish: (status: number) => void): Command {
  const program = new Command("overmesh")
    .description("Container networking, packet by packet, on simulated Linux hosts.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", EXAMPLES)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(`overmesh: ${oneLine(text)}\n`) });
  const command = (usage: string, description: string): Command =>
    program.command(usage).description(description).helpOption("-h, --help", "print this help");
  command("run", "run lessons (.md) and scripts (.sh), or all of a folder")
    .argument("<path...>", "files or folders")
    .addOption(seedOption())
    .option("--capture <file>", "write all frames of all devices to a pcapng file")
    .option("--journeys", "show the way of the first packet of each conversation")
    .option("--journeys-in <heading>", "show it below that heading of the lesson only")
    .addOption(
      new Option("--report <kind>", "how to report").choices(["text", "json", "junit"]).default("text"),
    )
    .option("--update", "rewrite failed expectations with the real output")
    .action(async (paths: string[], options: RunOptions) => {
      const { run } = await import("./run.ts");
      finish(await run(paths, options, makeWorld));
    });
  command("check", "parse lessons and scripts, say what is wrong with them, run nothing")
    .argument("<path...>", "files or folders")
    .addOption(new Option("--report <kind>", "how to report").choices(["text", "junit"]).default("text"))
    .action(async (paths: string[], options: { report: "text" | "junit" }) => {
      const { check } = await import("./run.ts");
      finish(check(paths, options.report));
    });
  command("shell", "type at the hosts' prompts, after the lesson if one is given")
    .argument("[file]", "a lesson or script to run first")
    .addOption(seedOption())
    .option("--show-commands", "after each line, the commands that do what Docker did to the hosts")
    .addOption(
      new Option("--hosts <n>", "without a file: how many hosts there are").argParser(parseHosts).default(1),
    )
    .action(
      async (file: string | undefined, options: { seed?: number; hosts: number; showCommands?: true }) => {
        const { shell } = await import("./shell.ts");
        finish(await shell(file, options, makeWorld));
      },
    );
  command("explain", "run a lesson, then send one packet and show its way, or tell why an entry is there")
    .argument("<file>", "a lesson or script")
    .option("--from <namespace>", "who sends: host or host/namespace")
    .option("--to <target>", "ADDRESS (an echo request), ADDRESS:PORT/udp or ADDRESS:PORT/tcp (a SYN)")
    .addOption(new Option("--size <bytes>", "payload of the packet").argParser(parseSize))
    .option("--why <entry>", "words of an entry, such as '10.3.0.0/24 a/c1': its history")
    .option("--json", "print plain values for other programs")
    .addOption(seedOption())
    .action(async (file: string, options: ExplainOptions) => {
      const { explain } = await import("./explain.ts");
      finish(await explain(file, options));
    });
  command("export", "run a lesson, then print its world as a bash script for a real Linux")
    .argument("<file>", "a lesson or script")
    .addOption(seedOption())
    .action(async (file: string, options: { seed?: number }) => {
      const { exportWorld } = await import("./export.ts");
      finish(await exportWorld(file, options));
    });
  return program;
}

/** Runs one command line, without the names of node and program; returns its exit status. */
export async function runCli(
  args: readonly string[],
  version: string,
  makeWorld: MakeWorld,
): Promise<number> {
  let status: number = Status.misuse;
  const program = makeProgram(version, makeWorld, (given) => {
    status = given;
  });
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return Status.misuse;
    }
    await program.parseAsync([...args], { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Status.held : Status.misuse;
    return sayError(error);
  }
}
