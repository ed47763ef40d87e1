import { EPOCH_SECONDS, type Nanos, SECOND } from "../../sim/time.ts";
import type { ListedProcess } from "./seen-process.ts";

/** A column of procps' `ps`: its head, the characters that it has at least, and what stands there. */
export interface PsColumn {
  readonly title: string;
  readonly width: number;
  readonly right: boolean;
  text(process: ListedProcess, now: Nanos): string;
}

/** What every process of the simulation has: memory is not simulated, nor the time of a processor (KiB). */
const VIRTUAL = 1624;
const RESIDENT = 960;
/** Bytes of a page. */
const PAGE = 4;

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** It knows no other users by name. */
function userName(uid: number): string {
  return uid === 0 ? "root" : `${uid}`;
}

function dateOf(at: Nanos): Date {
  return new Date((EPOCH_SECONDS + Math.floor(at / SECOND)) * 1000);
}

/** `11:21` of a day that is today, else `Nov30`. */
function startTime(at: Nanos, now: Nanos): string {
  const [then, today] = [dateOf(at), dateOf(now)];
  const text = then.toISOString();
  if (text.slice(0, 10) === today.toISOString().slice(0, 10)) return text.slice(11, 16);
  return `${MONTHS[then.getUTCMonth()]}${text.slice(8, 10)}`;
}

/** `[[dd-]hh:]mm:ss` */
function elapsed(seconds: number): string {
  const two = (n: number): string => `${n}`.padStart(2, "0");
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor((seconds % 86_400) / 3600)];
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}

/** `Mon Nov 30 11:21:03 2026` */
function longStart(at: Nanos): string {
  const date = dateOf(at);
  const [week, day, month, year, time] = date.toUTCString().replace(",", "").split(" ");
  return `${week} ${month} ${`${Number(day)}`.padStart(2)} ${time} ${year}`;
}

const left = (title: string, width: number, text: PsColumn["text"]): PsColumn => ({
  title,
  width,
  right: false,
  text,
});
const right = (title: string, width: number, text: PsColumn["text"]): PsColumn => ({
  title,
  width,
  right: true,
  text,
});
/** A process's number has seven digits at most. */
const number = (title: string, text: (one: ListedProcess) => number): PsColumn =>
  right(title, 7, (one) => `${text(one)}`);
const fixed = (title: string, width: number, words: string): PsColumn => right(title, width, () => words);

const args = (one: ListedProcess): string => `${one.branch}${one.command}`;
const name = (one: ListedProcess): string => `${one.branch}${one.name.slice(0, 15)}`;
const user = ({ uid }: ListedProcess): string => userName(uid);
const uid = (one: ListedProcess): string => `${one.uid}`;
const group = ({ gid }: ListedProcess): string => userName(gid);
const gid = (one: ListedProcess): string => `${one.gid}`;
const tty = (one: ListedProcess): string => one.tty ?? "?";
const started = ({ started: at }: ListedProcess, now: Nanos): string => startTime(at, now);
const lived = ({ started: at }: ListedProcess, now: Nanos): number => Math.floor((now - at) / SECOND);
const status = (one: ListedProcess): string =>
  `S${one.session === one.pid ? "s" : ""}${one.tty === null ? "" : "+"}`;

/** By the names of `-o` (`ps L`). Processes sleep whenever somebody looks. */
const COLUMNS: ReadonlyMap<string, PsColumn> = new Map([
  ["args", left("COMMAND", 0, args)],
  ["command", left("COMMAND", 0, args)],
  ["cmd", left("CMD", 0, args)],
  ["comm", left("COMMAND", 15, name)],
  ["fname", left("COMMAND", 8, (one) => one.name.slice(0, 8))],
  ["ucmd", left("CMD", 15, name)],
  ["ucomm", left("COMMAND", 15, name)],
  ["pid", number("PID", ({ pid }) => pid)],
  ["tgid", number("TGID", ({ pid }) => pid)],
  ["tid", number("TID", ({ pid }) => pid)],
  ["lwp", number("LWP", ({ pid }) => pid)],
  ["spid", number("SPID", ({ pid }) => pid)],
  ["ppid", number("PPID", ({ parent }) => parent)],
  ["pgid", number("PGID", ({ session }) => session)],
  ["pgrp", number("PGRP", ({ session }) => session)],
  ["sid", number("SID", ({ session }) => session)],
  ["sess", number("SESS", ({ session }) => session)],
  ["session", number("SESS", ({ session }) => session)],
  ["tpgid", right("TPGID", 7, (one) => (one.tty === null ? "-1" : `${one.session}`))],
  ["nlwp", fixed("NLWP", 4, "1")],
  ["thcount", fixed("THCNT", 5, "1")],
  ["user", left("USER", 8, user)],
  ["uname", left("USER", 8, user)],
  ["euser", left("EUSER", 8, user)],
  ["ruser", left("RUSER", 8, user)],
  ["suser", left("SUSER", 8, user)],
  ["fuser", left("FUSER", 8, user)],
  ["uid", right("UID", 5, uid)],
  ["euid", right("EUID", 5, uid)],
  ["ruid", right("RUID", 5, uid)],
  ["suid", right("SUID", 5, uid)],
  ["group", left("GROUP", 8, group)],
  ["egroup", left("EGROUP", 8, group)],
  ["rgroup", left("RGROUP", 8, group)],
  ["gid", right("GID", 5, gid)],
  ["egid", right("EGID", 5, gid)],
  ["rgid", right("RGID", 5, gid)],
  ["tname", left("TTY", 8, tty)],
  ["tt", left("TT", 8, tty)],
  ["tty", left("TT", 8, tty)],
  ["stat", left("STAT", 4, status)],
  ["s", left("S", 1, () => "S")],
  ["state", left("S", 1, () => "S")],
  ["time", fixed("TIME", 8, "00:00:00")],
  ["cputime", fixed("TIME", 8, "00:00:00")],
  ["atime", fixed("TIME", 8, "00:00:00")],
  ["bsdtime", fixed("TIME", 6, "0:00")],
  ["start_time", left("START", 5, started)],
  ["bsdstart", right("START", 6, started)],
  ["start", right("STARTED", 8, ({ started: at }) => dateOf(at).toISOString().slice(11, 19))],
  ["lstart", right("STARTED", 24, ({ started: at }) => longStart(at))],
  ["stime", left("STIME", 5, started)],
  ["etime", right("ELAPSED", 11, (one, now) => elapsed(lived(one, now)))],
  ["etimes", right("ELAPSED", 7, (one, now) => `${lived(one, now)}`)],
  ["c", fixed("C", 2, "0")],
  ["%cpu", fixed("%CPU", 4, "0.0")],
  ["pcpu", fixed("%CPU", 4, "0.0")],
  ["%mem", fixed("%MEM", 4, "0.0")],
  ["pmem", fixed("%MEM", 4, "0.0")],
  ["vsz", fixed("VSZ", 6, `${VIRTUAL}`)],
  ["vsize", fixed("VSZ", 6, `${VIRTUAL}`)],
  ["rss", fixed("RSS", 5, `${RESIDENT}`)],
  ["rsz", fixed("RSZ", 5, `${RESIDENT}`)],
  ["rssize", fixed("RSS", 5, `${RESIDENT}`)],
  ["sz", fixed("SZ", 5, `${VIRTUAL / PAGE}`)],
  ["size", fixed("SIZE", 5, "356")],
  ["drs", fixed("DRS", 5, "1400")],
  ["trs", fixed("TRS", 4, "224")],
  ["majflt", fixed("MAJFL", 6, "0")],
  ["maj_flt", fixed("MAJFL", 6, "0")],
  ["minflt", fixed("MINFL", 6, "0")],
  ["min_flt", fixed("MINFL", 6, "0")],
  ["ni", fixed("NI", 3, "0")],
  ["nice", fixed("NI", 3, "0")],
  ["pri", fixed("PRI", 3, "19")],
  ["priority", fixed("PRI", 3, "20")],
  ["opri", fixed("PRI", 3, "80")],
  ["intpri", fixed("PRI", 3, "80")],
  ["rtprio", fixed("RTPRIO", 6, "-")],
  ["cls", left("CLS", 3, () => "TS")],
  ["class", left("CLS", 3, () => "TS")],
  ["policy", left("POL", 3, () => "TS")],
  ["psr", fixed("PSR", 3, "0")],
  ["wchan", left("WCHAN", 6, () => "-")],
  ["addr", left("ADDR", 1, () => "-")],
  ["label", left("LABEL", 25, () => "-")],
  ["f", right("F", 1, (one) => (one.session === one.pid ? "4" : "0"))],
  ["flags", right("F", 1, (one) => (one.session === one.pid ? "4" : "0"))],
  ["pending", fixed("PENDING", 16, "0000000000000000")],
  ["blocked", fixed("BLOCKED", 16, "0000000000000000")],
  ["ignored", fixed("IGNORED", 16, "0000000000000000")],
  ["caught", fixed("CAUGHT", 16, "0000000000000000")],
]);

/** @returns null for a name that `ps` does not know. */
export function columnOf(name: string): PsColumn | null {
  return COLUMNS.get(name) ?? null;
}
