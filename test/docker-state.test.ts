import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordedWorld } from "./agreement/recorded-world.ts";

const SECOND = 1_000_000_000;
/** What Linux sets by the memory that a machine has, or has changed since 6.1. */
const OF_THE_MACHINE = [
  "net.ipv4.tcp_limit_output_bytes",
  "net.ipv4.tcp_max_syn_backlog",
  "net.ipv4.tcp_max_tw_buckets",
  "net.ipv4.vs.sync_qlen_max",
];

interface Typed {
  readonly command: string;
  readonly theirs: string;
  readonly ours: string;
}

/** The recorded commands, with what a real host and ours say. */
async function typed(): Promise<Typed[]> {
  const text = readFileSync(join(import.meta.dirname, "recorded/docker-state.txt"), "utf8");
  const world = await recordedWorld();
  const all: Typed[] = [];
  for (const block of text.split(/^\$ /m).slice(1)) {
    const end = block.indexOf("\n");
    const command = block.slice(0, end);
    world.advance(SECOND);
    const { output } = await world.type("host", command);
    all.push({ command, theirs: block.slice(end + 1), ours: output });
  }
  return all;
}

function settings(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf(" = ");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 3)] as const];
    }),
  );
}

/** Rows with devices and random addresses named by the order in which they come: `veth1`, `of veth1`. */
function rows(text: string): string[] {
  const names = new Map<string, string>();
  const owners = new Map<string, string>();
  const name = (device: string): string => {
    const kind = /^veth[0-9a-f]{7}$/.test(device)
      ? "veth"
      : /^br-[0-9a-f]{12}$/.test(device)
        ? "bridge"
        : null;
    if (kind === null) return device;
    if (!names.has(device))
      names.set(device, `${kind}${[...names.values()].filter((each) => each.startsWith(kind)).length}`);
    return names.get(device)!;
  };
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const device = name(/ dev (\S+)/.exec(line)![1]!);
      return (
        line
          .replaceAll(/(?<=dev |master )\S+/g, (one) => name(one))
          // A device's own address, and the group that it is in by its last three bytes.
          .replace(/^(?!01:|33:|02:42:ac)([0-9a-f]{2}(?::[0-9a-f]{2}){5})/, (mac) => {
            if (!owners.has(mac)) owners.set(mac, `its own (${device})`);
            return owners.get(mac)!;
          })
          .replace(/^33:33:ff(?!:0a:00:0f)\S+/, "33:33:ff and its last bytes")
      );
    });
}

test("A1 neighbours, forwarding entries and sysctls of host and sandboxes are those of a real host", async () => {
  const all = await typed();
  const about = (words: RegExp): Typed[] => all.filter(({ command }) => words.test(command));

  let agreeing = 0;
  for (const { command, theirs, ours } of about(/sysctl/)) {
    const [real, simulated] = [settings(theirs), settings(ours)];
    const differing = [...simulated].filter(([key, value]) => real.has(key) && real.get(key) !== value);
    expect(
      differing.map(([key]) => key),
      command,
    ).toEqual(command.endsWith("^net.ipv4") ? OF_THE_MACHINE : []);
    agreeing += [...simulated.keys()].filter((key) => real.has(key)).length - differing.length;
  }
  expect(agreeing).toBeGreaterThan(560);

  const tables = about(/bridge fdb/);
  expect(tables.map(({ ours }) => rows(ours))).toEqual(tables.map(({ theirs }) => rows(theirs)));
  expect(rows(tables[0]!.theirs)).toHaveLength(29);

  // In which state a neighbour is, is a matter of seconds, and the order one of hashes.
  const known = (text: string): string[] =>
    rows(text)
      .map((row) =>
        row.replace(/(lladdr \S+).*/, "$1").replace(/(?<=lladdr )(?!02:42:ac|52:54)\S+/, "random"),
      )
      .sort();
  const neighbours = about(/ip neigh/);
  expect(neighbours).toHaveLength(4);
  for (const { command, theirs, ours } of neighbours) expect(known(ours), command).toEqual(known(theirs));
});
