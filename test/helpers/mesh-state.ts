/** What a command printed in a namespace of a real swarm. */
interface RecordedState {
  /** `a/ingress_sbox`, or `a` for the host itself. */
  readonly where: string;
  readonly command: string;
  readonly text: string;
}

/** Reads `test/recorded/routing-mesh.md`. */
export function recordedStates(markdown: string): RecordedState[] {
  const sections = markdown.matchAll(/^## (\w+) ([\w-]+): (.+)\n\n.+\n\n```text\n([^`]*)```$/gm);
  return [...sections].map(([, host, namespace, command, text]) => ({
    where: namespace === "host" ? host! : `${host}/${namespace}`,
    command: command!,
    text: text!,
  }));
}

/** What is random or belongs to the machine has a name in its place. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // Docker takes MAC addresses of bridges, of the outer ends of veth pairs and of VTEPs by chance.
  [/\b(?!02:42:(?:0a|ac)|52:54|33:33|01:00|ff:ff|00:00)[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/g, "MAC"],
  // So it does with the names of those ends, which are words in the lesson.
  [/\bveth(?:[0-9a-f]{7}|sbox|web)\b/g, "vethX"],
  // The ports at which the engine's name server listens.
  [/(127\.0\.0\.11:|-m (?:tcp|udp) --sport )\d{5}\b/g, "$1PORT"],
  // Numbers of namespaces count what else was made on the machine.
  [/link-netnsid \d+/g, "link-netnsid N"],
];

/** Rows of what the lesson leaves out: the service's own network, front-tier, eth0 of the tasks, and to switch off IPv6. */
function isLeftOut(where: string, line: string): boolean {
  return (
    /\b10\.0\.1\.|33:33:ff|\b(?:fe80|ff00)::|local ::1 /.test(line) ||
    (where.endsWith("/web") && / dev eth0 /.test(line))
  );
}

/** Of these commands only the rows that the lesson's own commands decide. */
const ONLY: ReadonlyMap<string, RegExp> = new Map([
  ["ip addr", /^ +inet /],
  ["ip -d link", /^ +vxlan /],
]);

/** These come in the order of hash buckets, whose seed is random, or of devices that were made in another order. */
const UNORDERED = /^(ip neigh|ip addr|bridge fdb show)$/;

/** Rows that come and go with the traffic. */
const LEARNED: ReadonlyMap<string, RegExp> = new Map([
  ["ip neigh", /(?<!PERMANENT)$/],
  ["bridge fdb show", /(?<!permanent)$/],
]);

/** The tables that have rules, by name: an empty one is there when somebody has once looked at it, the newest first. */
function tablesWithRules(text: string): string {
  const tables = text.replaceAll(/^#.*\n/gm, "").split(/(?<=^COMMIT\n)/m);
  const full = tables.filter((table) => /^(?:\[\d+:\d+\] )?-A /m.test(table));
  return full.sort((a, b) => (a < b ? -1 : 1)).join("");
}

/**
 * A state's text in the form in which a lesson's and a recorded one are compared. `still`: nothing has passed yet, so
 * that counters and connections are compared too; a host of a real swarm is never still.
 */
export function comparable({ where, command, text }: RecordedState, still: boolean): string {
  let given = text;
  if (command.startsWith("iptables-save")) given = tablesWithRules(text);
  const isHost = !where.includes("/");
  if (isHost) given = given.replace(/^:FORWARD (ACCEPT|DROP)/m, ":FORWARD POLICY");
  if (isHost || !still) given = given.replaceAll(/\[\d+:\d+\]/g, "[COUNTED]");
  if (!still) given = given.replaceAll(/( Masq +1 ) +\d+ +\d+ *$/gm, "$1 COUNTED");
  const learned = still ? undefined : LEARNED.get(command);
  const only = ONLY.get(command);
  const lines = given
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !isLeftOut(where, line))
    .filter((line) => learned?.test(line) !== true && only?.test(line) !== false)
    .map((line) => MASKS.reduce((masked, [mask, name]) => masked.replaceAll(mask, name), line));
  if (UNORDERED.test(command)) lines.sort();
  return lines.join("\n");
}
