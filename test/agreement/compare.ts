import { type Identities, mask } from "./mask.ts";
import type { RecordedCommand } from "./records.ts";

/** What the simulator said to a command. */
export interface Said {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** In what a command's answer differs from the recorded one. */
export interface Disagreement {
  readonly what: "status" | "stdout" | "stderr" | "identity";
  readonly theirs: string;
  readonly ours: string;
}

/**
 * Listings whose order follows a random seed of hashes, or what is random itself: their lines are compared as a set. The
 * containers of a network stand by their ids, networks are pruned in the order of a hash, a host's own addresses of IPv6 by those of its cards;
 * which of the two answers that nslookup waits for comes first is a race, and files are called by ids.
 */
const UNORDERED =
  /^ls |nslookup|proc\/net\/arp|\barp -|docker (?:container )?diff|conntrack -L|ip (?:-s )?neigh|ss -\w*l|network inspect|network prune|container prune|docker (?:container )?port|route show table all/;

/**
 * What the recorded machine was, and not its Docker: its card was one end of a veth pair, and its kernel, 6.1 with a clock of
 * 100 Hz and without receive packet steering, counts some times and sizes otherwise than the one that is simulated.
 */
function withoutMachine(text: string): string {
  return (
    text
      // Whether the client still waits when a container does not start is a race.
      .replaceAll(/^time=.*level=error msg="error waiting for container: context canceled"\n/gm, "")
      // Whoever wrote the records down read their lines as Python does.
      .replaceAll("\r\n", "\n")
      // How many packets have passed depends on how long the machines took, and on what was done before the record.
      .replaceAll(/^2: eth0@if\d+: .*\n {4}link\/ether 52:54:00:0a:00:0f .*\n(?=\d+: veth)/gm, "")
      .replaceAll(/^\[\d+:\d+\] -A/gm, "[N:N] -A")
      .replaceAll(/^(:\S+ \S+) \[\d+:\d+\]$/gm, "$1 [N:N]")
      .replaceAll(/(?<=^Chain \S+ \(policy \S+ )\d+[KMG]? packets, \d+[KMG]? bytes/gm, "N")
      .replaceAll(
        /^(\d+ +|) *\d+[KMG]? +\d+[KMG]? (?=\S+ +(?:\d+|all|tcp|udp|icmp) +(?:--|!f|-f) )/gm,
        "$1N ",
      )
      .replaceAll(/^(2: eth0)@if\d+(: <[^>]*?)(?:,M-DOWN)?(?=> )/gm, "$1$2")
      .replaceAll(/^eth0@if\d+ +(?=UP)/gm, "eth0             ")
      .replaceAll(/(link\/ether 52:54:00:0a:00:0f brd \S+) link-netnsid 0/g, "$1")
      .replaceAll(/(52:54:00:0a:00:0f .* maxmtu \d+ )\n {4}veth /g, "$1")
      // As wide as the longest number of a process.
      .replaceAll(/(?<=PortProcess) +$/gm, "")
      .replaceAll(/ numrxqueues \d+|(?<= tso_max_size) \d+|(?<=mcast_startup_query_interval) \d+/g, "")
  );
}

/** Null when a command says what it said on the real host. */
export function compare(command: RecordedCommand, said: Said, identities: Identities): Disagreement | null {
  const unordered = UNORDERED.test(command.command);
  for (const what of ["stdout", "stderr"] as const) {
    const [theirs, ours] = [mask(withoutMachine(command[what])), mask(withoutMachine(said[what]))];
    const [a, b] = unordered ? [sorted(theirs.text), sorted(ours.text)] : [theirs.text, ours.text];
    if (a !== b) return { what, theirs: a, ours: b };
    const identity = unordered ? null : identities.check(theirs, ours);
    if (identity !== null) return { what: "identity", theirs: identity, ours: "" };
  }
  if (command.status !== said.status)
    return { what: "status", theirs: `${command.status}`, ours: `${said.status}` };
  return null;
}

function sorted(text: string): string {
  return text.split("\n").sort().join("\n");
}

/** The lines that differ, as `diff` marks them: those of the real host with `-`, ours with `+`. */
export function differingLines(found: Disagreement): string {
  const [theirs, ours] = [found.theirs.split("\n"), found.ours.split("\n")];
  const [a, b] = [new Set(theirs), new Set(ours)];
  const only = [
    ...theirs.filter((line) => !b.has(line)).map((line) => `- ${line}`),
    ...ours.filter((line) => !a.has(line)).map((line) => `+ ${line}`),
  ];
  return only.length > 0 ? only.join("\n") : `  the same lines in another order or number (${found.what})`;
}
