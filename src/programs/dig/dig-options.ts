import * as dns from "../../wire/dns.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { ProgramExit } from "../program-exit.ts";

/** What one look-up of a command line asks for. */
export interface DigQuery {
  name: string;
  type: number;
  /** As it was named; null: those of resolv.conf. */
  server: string | null;
  port: number;
  tcp: boolean | null;
  recurse: boolean;
  edns: boolean;
  cookie: boolean;
  search: boolean;
  timeout: number;
  tries: number;
  short: boolean;
  cmd: boolean;
  comments: boolean;
  question: boolean;
  answer: boolean;
  authority: boolean;
  additional: boolean;
  stats: boolean;
  ttl: boolean;
  class: boolean;
  /** -u */
  micros: boolean;
}

const USUAL: DigQuery = {
  name: "",
  type: dns.TYPE_A,
  server: null,
  port: dns.PORT,
  tcp: null,
  recurse: true,
  edns: true,
  cookie: true,
  search: false,
  timeout: 5,
  tries: 3,
  short: false,
  cmd: true,
  comments: true,
  question: true,
  answer: true,
  authority: true,
  additional: true,
  stats: true,
  ttl: true,
  class: true,
  micros: false,
};

const SHORT_USAGE = `Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use "dig -h" (or "dig -h | more") for complete list of options
`;

/** Display switches by name: what they set. */
const SWITCHES: Readonly<Record<string, keyof DigQuery>> = {
  short: "short",
  cmd: "cmd",
  comments: "comments",
  question: "question",
  answer: "answer",
  authority: "authority",
  additional: "additional",
  stats: "stats",
  recurse: "recurse",
  rdflag: "recurse",
  cookie: "cookie",
  search: "search",
  defname: "search",
  ttlid: "ttl",
  class: "class",
};
const ALL = ["cmd", "comments", "question", "answer", "authority", "additional", "stats"] as const;
/** Known, and without effect here. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set(
  "dnssec adflag cdflag multiline crypto idnin idnout ignore fail besteffort nsid identify rrcomments split onesoa keepopen showsearch".split(
    " ",
  ),
);

/** The version that it says of itself. */
export const DIG_VERSION = "DiG 9.18.49-1~deb12u3-Debian";

function mistake(words: string): never {
  throw new ProgramExit(1, `${words}\n${SHORT_USAGE}`);
}

/** Reads the words: options in front of the first name hold for all. @throws {ProgramExit} */
export function digQueries(args: readonly string[]): readonly DigQuery[] {
  const common = { ...USUAL };
  const queries: DigQuery[] = [];
  let current = common;
  const begin = (name: string, type: number): void => {
    current = { ...common, name, type };
    queries.push(current);
  };
  let type: number | null = null;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word.startsWith("@")) current.server = word.slice(1);
    else if (word.startsWith("+")) takeSwitch(current, word.slice(1));
    else if (/^-[a-z46]/.test(word) && word !== "-") {
      const letter = word[1]!;
      if (letter === "v") throw new ProgramExit(0, `${DIG_VERSION}\n`);
      if (letter === "h") throw new ProgramExit(0, SHORT_USAGE);
      if (letter === "4" || letter === "r" || letter === "i") continue;
      if (letter === "u") {
        current.micros = true;
        continue;
      }
      if (!"pqtxcb".includes(letter)) mistake(`Invalid option: ${word}`);
      const value = word.length > 2 ? word.slice(2) : (args[++i] ?? mistake(`Invalid option: ${word}`));
      if (letter === "p") current.port = Number(value);
      else if (letter === "q") begin(value, type ?? dns.TYPE_A);
      else if (letter === "t") {
        type = typeNamed(value) ?? mistake(`;; Warning, ignoring invalid type ${value}`);
        if (current !== common) current.type = type;
      } else if (letter === "x") {
        const address = ip.parse(value);
        begin(address === null ? value : dns.reverseName(address), dns.TYPE_PTR);
      }
    } else {
      const named = typeNamed(word);
      if (named !== null) {
        type = named;
        if (current !== common) current.type = named;
      } else if (!/^(in|ch|hs)$/i.test(word)) begin(word, type ?? dns.TYPE_A);
    }
  }
  if (queries.length === 0) begin(".", type ?? dns.TYPE_NS);
  return queries;
}

function typeNamed(word: string): number | null {
  return dns.TYPES[word.toUpperCase()] ?? null;
}

function takeSwitch(query: DigQuery, word: string): void {
  const [full, value] = word.split("=", 2) as [string, string?];
  const on = !full.startsWith("no");
  const name = on ? full : full.slice(2);
  const key = SWITCHES[name];
  if (key !== undefined) {
    (query as unknown as Record<string, boolean>)[key] = on;
    if (name === "short" && on) for (const part of ALL) query[part] = false;
    if (name === "short" && on) query.answer = true;
  } else if (name === "all") for (const part of ALL) query[part] = on;
  else if (name === "tcp" || name === "vc") query.tcp = on;
  else if (name === "edns") query.edns = on;
  else if (name === "time" || name === "timeout") query.timeout = Math.max(1, Number(value));
  else if (name === "tries") query.tries = Math.max(1, Number(value));
  else if (name === "retry") query.tries = Number(value) + 1;
  else if (!WITHOUT_EFFECT.has(name) && name !== "bufsize") mistake(`Invalid option: +${word}`);
}
