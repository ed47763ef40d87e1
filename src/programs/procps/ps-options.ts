import { columnOf, type PsColumn } from "./ps-columns.ts";

/** What somebody asks `ps` for. */
export interface PsWishes {
  readonly columns: readonly PsColumn[];
  readonly headers: boolean;
  /** All of them must not hold but one: nothing chosen means all. */
  readonly names: readonly string[];
  readonly pids: readonly number[];
  readonly parents: readonly number[];
  readonly users: readonly string[];
  readonly tree: boolean;
  /** The columns to sort by, those with `-` in front downwards. */
  readonly order: readonly string[];
}

/** Words that `ps` does not understand, in its own. */
export class PsMistake extends Error {
  override readonly name = "PsMistake";
}

/** What the options of two families have said so far. */
class Reading {
  readonly formats: PsColumn[] = [];
  readonly flags = new Set<string>();
  readonly names: string[] = [];
  readonly pids: number[] = [];
  readonly parents: number[] = [];
  readonly users: string[] = [];
  readonly order: string[] = [];
  headers = true;
  tree = false;
  /** Somebody used an option without a dash. */
  bsd = false;
}

/**
 * Reads what `ps` is asked, as procps 4.0 does: options with a dash, without one, and long ones. What makes no sense is
 * read once more as if no option had a dash, so that `ps -aux` is `ps aux`.
 * @throws {PsMistake}
 */
export function readPsOptions(words: readonly string[]): PsWishes {
  try {
    return wishesOf(read(words, false));
  } catch (mistake) {
    if (!(mistake instanceof PsMistake)) throw mistake;
    try {
      return wishesOf(read(words, true));
    } catch {
      throw mistake;
    }
  }
}

function read(words: readonly string[], allBsd: boolean): Reading {
  const reading = new Reading();
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.startsWith("--")) long(reading, word.slice(2), rest);
    else if (word.startsWith("-") && !allBsd) withDash(reading, word.slice(1), rest);
    else {
      reading.bsd = true;
      withoutDash(reading, word.replace(/^-/, ""), rest);
    }
  }
  return reading;
}

/** The value of an option: what is left of its word, or the next one. */
function restOf(tail: string, rest: string[]): string {
  return tail === "" ? (rest.shift() ?? "") : tail;
}

function withDash(reading: Reading, letters: string, rest: string[]): void {
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const value = (): string => restOf(letters.slice(at + 1), rest);
    if ("pCouUtsgG".includes(letter)) {
      if (letter === "o") formats(reading, value());
      else if (letter === "p") reading.pids.push(...pidsIn(value()));
      else if (letter === "C") reading.names.push(...listIn(value()));
      else if (letter === "u" || letter === "U") reading.users.push(...usersIn(value()));
      else value();
      return;
    }
    if (letter === "H") reading.tree = true;
    else if ("fFljyLTPcM".includes(letter)) reading.flags.add(letter);
    else if (!"AadeNwVm".includes(letter)) throw new PsMistake("unsupported SysV option");
  }
}

function withoutDash(reading: Reading, letters: string, rest: string[]): void {
  if (/^\d/.test(letters)) {
    reading.pids.push(...pidsIn(letters));
    return;
  }
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at]!;
    const value = (): string => restOf(letters.slice(at + 1), rest);
    if ("oOpUtk".includes(letter)) {
      if (letter === "o") formats(reading, value());
      else if (letter === "p") reading.pids.push(...pidsIn(value()));
      else if (letter === "U") reading.users.push(...usersIn(value()));
      else if (letter === "k") sortKeys(reading, value());
      else throw new PsMistake("unsupported option (BSD syntax)");
      return;
    }
    if (letter === "f") reading.tree = true;
    else if (letter === "h") reading.headers = false;
    else if ("ujlvs".includes(letter)) reading.flags.add(`bsd ${letter}`);
    else if (letter === "c") reading.flags.add("bsd c");
    else if (!"axegnrSwT".includes(letter)) throw new PsMistake("unsupported option (BSD syntax)");
  }
}

const WITHOUT_VALUE = new Set("context cumulative deselect forest headers heading".split(" "));
const NO_HEADERS = /^no-?head(?:er|ers|ing)$/;

function long(reading: Reading, option: string, rest: string[]): void {
  const equals = option.indexOf("=");
  const name = equals < 0 ? option : option.slice(0, equals);
  if (name === "forest") reading.tree = true;
  if (NO_HEADERS.test(name)) reading.headers = false;
  if (WITHOUT_VALUE.has(name) || NO_HEADERS.test(name)) return;
  const value = (): string => (equals < 0 ? (rest.shift() ?? "") : option.slice(equals + 1));
  switch (name) {
    case "format":
      formats(reading, value());
      return;
    case "pid":
      reading.pids.push(...pidsIn(value()));
      return;
    case "ppid":
      reading.parents.push(...pidsIn(value()));
      return;
    case "user":
    case "User":
      reading.users.push(...usersIn(value()));
      return;
    case "sort":
      sortKeys(reading, value());
      return;
    case "cols":
    case "columns":
    case "width":
    case "rows":
    case "lines":
    case "group":
    case "Group":
    case "tty":
    case "sid":
      value();
      return;
  }
  throw new PsMistake("unknown gnu long option");
}

function listIn(text: string): string[] {
  return text.split(/[,\s]+/).filter(Boolean);
}

function pidsIn(text: string): number[] {
  const list = listIn(text);
  if (list.length === 0 || !list.every((word) => /^\d+$/.test(word)))
    throw new PsMistake("process ID list syntax error");
  return list.map(Number);
}

function usersIn(text: string): string[] {
  const list = listIn(text);
  if (list.length === 0 || !list.every((word) => /^(?:root|\d+)$/.test(word)))
    throw new PsMistake("user name does not exist");
  return list.map((word) => (word === "root" ? "0" : word));
}

function sortKeys(reading: Reading, text: string): void {
  const keys = listIn(text);
  if (keys.length === 0 || keys.some((key) => columnOf(key.replace(/^[-+]/, "")) === null))
    throw new PsMistake("unknown sort specifier");
  reading.order.push(...keys);
}

/** `pid,args=WHAT`: a head of one's own takes all that follows. */
function formats(reading: Reading, text: string): void {
  const own = text.indexOf("=");
  const names = listIn(own < 0 ? text : text.slice(0, own));
  for (const [at, name] of names.entries()) {
    const column = columnOf(name);
    if (column === null) throw new PsMistake(`unknown user-defined format specifier "${name}"`);
    const isLast = own >= 0 && at === names.length - 1;
    reading.formats.push(isLast ? { ...column, title: text.slice(own + 1) } : column);
  }
  if (names.length === 0) throw new PsMistake("empty format list");
}

function wishesOf(reading: Reading): PsWishes {
  const { headers, names, pids, parents, users, tree, order } = reading;
  return { columns: columnsOf(reading), headers, names, pids, parents, users, tree, order };
}

/** The columns of the letters that choose some, by whether they have a dash. */
function columnsOf({ formats: own, flags, bsd }: Reading): readonly PsColumn[] {
  const bsdFormats = [...flags].filter((flag) => /^bsd [ujlvs]$/.test(flag));
  const dashed = ["f", "F", "l", "j"].some((flag) => flags.has(flag));
  if (bsdFormats.length > 1 || (bsdFormats.length > 0 && dashed))
    throw new PsMistake("conflicting format options");
  if (own.length > 0) {
    if (bsdFormats.length > 0 || dashed) throw new PsMistake("conflicting format options");
    return own;
  }
  const isBsd = bsdFormats.length > 0 || (bsd && !dashed);
  const columns = (isBsd ? bsdColumns(bsdFormats[0], flags.has("bsd c")) : dashedColumns(flags)).split(" ");
  return columns.map((name) => {
    const column = columnOf(name === "UID" ? "user" : name)!;
    return name === "UID" ? { ...column, title: "UID" } : column;
  });
}

function bsdColumns(format: string | undefined, short: boolean): string {
  const command = short ? "ucomm" : "args";
  switch (format) {
    case "bsd u":
      return `user pid %cpu %mem vsz rss tname stat start_time bsdtime ${command}`;
    case "bsd j":
      return `ppid pid pgid sid tname tpgid stat uid bsdtime ${command}`;
    case "bsd l":
      return `f uid pid ppid priority ni vsz rss wchan stat tname bsdtime ${command}`;
    case "bsd v":
      return `pid tname stat bsdtime majflt trs drs rss %mem ${command}`;
    case "bsd s":
      return `uid pid pending blocked ignored caught stat tname bsdtime ${command}`;
  }
  return `pid tname stat bsdtime ${command}`;
}

function dashedColumns(flags: ReadonlySet<string>): string {
  const has = (flag: string): boolean => flags.has(flag);
  const [full, long, jobs] = [has("f") || has("F"), has("l"), has("j")];
  const thread = `${has("L") ? " lwp" : ""}${has("T") ? " spid" : ""}`;
  const words = [
    has("M") ? "label" : "",
    long ? (has("y") ? "s" : "f s") : "",
    full ? "UID" : long ? "uid" : "",
    `pid${full || long ? " ppid" : ""}`,
    jobs ? "pgid sid" : "",
    thread.trim(),
    has("c") && !full && !long ? "cls pri" : "",
    full || long ? "c" : "",
    has("L") && full ? "nlwp" : "",
    long ? `opri ni ${has("y") ? "rss" : "addr"} sz wchan` : "",
    has("F") ? `${long ? "" : "sz "}rss psr` : has("P") ? "psr" : "",
    full ? "stime" : "",
    `tname time ${full ? "cmd" : "ucmd"}`,
  ];
  return words.filter(Boolean).join(" ");
}
