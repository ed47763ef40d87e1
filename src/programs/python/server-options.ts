import { ProgramExit } from "../program-exit.ts";

const USAGE = "usage: server.py [-h] [--cgi] [-b ADDRESS] [-d DIRECTORY] [-p VERSION] [port]\n";
/** What --help prints. */
export const HELP: string = `${USAGE}
positional arguments:
  port                  bind to this port (default: 8000)

options:
  -h, --help            show this help message and exit
  --cgi                 run as CGI server
  -b ADDRESS, --bind ADDRESS
                        bind to this address (default: all interfaces)
  -d DIRECTORY, --directory DIRECTORY
                        serve this directory (default: current directory)
  -p VERSION, --protocol VERSION
                        conform to this HTTP version (default: HTTP/1.0)
`;

type Setting = "bind" | "directory" | "protocol";
const LONG = ["--help", "--cgi", "--bind", "--directory", "--protocol"];

/** What a command line of `http.server` asks for. */
export interface ServerOptions {
  /** As given, of any size and sign. */
  port: bigint;
  /** A name or an address; null for all. */
  bind: string | null;
  directory: string;
  /** What the first line of an answer begins with. */
  protocol: string;
}

/** Reads the words as argparse does; null: print {@link HELP}. @throws {ProgramExit} in argparse's words */
export function serverOptions(args: readonly string[]): ServerOptions | null {
  const o: ServerOptions = { port: 8000n, bind: null, directory: ".", protocol: "HTTP/1.0" };
  const unknown: string[] = [];
  let hasPort = false;
  let onlyOperands = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--" && !onlyOperands) onlyOperands = true;
    else if (onlyOperands || !looksLikeOption(word)) {
      if (hasPort) unknown.push(word);
      else o.port = readPort(word);
      hasPort = true;
    } else {
      const { name, value } = split(word);
      if (name === "--help") return null;
      if (name === "--cgi") throw new ProgramExit(1, "python3: http.server --cgi is not simulated\n");
      if (name === null) unknown.push(word);
      else {
        const next = value ?? args[i + 1];
        const setting = name.slice(2) as Setting;
        if (next === undefined || (value === null && looksLikeOption(next)))
          throw mistake(`argument -${setting[0]}/${name}: expected one argument`);
        if (value === null) i++;
        o[setting] = next;
      }
    }
  }
  if (unknown.length > 0) throw mistake(`unrecognized arguments: ${unknown.join(" ")}`);
  return o;
}

/** A number below zero is none. */
function looksLikeOption(word: string): boolean {
  return /^-./.test(word) && !/^-\d+$|^-\d*\.\d+$/.test(word) && !word.includes(" ");
}

/** The full name of an option, or null for an unknown one, and the value that hangs on it. */
function split(word: string): { readonly name: string | null; readonly value: string | null } {
  if (!word.startsWith("--")) {
    const name = LONG.find((long) => long !== "--cgi" && long[2] === word[1]) ?? null;
    return { name, value: word.length > 2 ? word.slice(2) : null };
  }
  const equals = word.indexOf("=");
  const begin = equals < 0 ? word : word.slice(0, equals);
  const name = LONG.find((long) => long.startsWith(begin)) ?? null;
  return { name, value: equals < 0 ? null : word.slice(equals + 1) };
}

function readPort(word: string): bigint {
  if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(word)) throw mistake(`argument port: invalid int value: '${word}'`);
  return BigInt(word.trim().replace(/^\+/, "").replaceAll("_", ""));
}

function mistake(words: string): ProgramExit {
  return new ProgramExit(2, `${USAGE}server.py: error: ${words}\n`);
}
