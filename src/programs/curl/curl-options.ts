import { type Nanos, SECOND } from "../../sim/time.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { fromFile, headersOf, urlEncoded } from "./curl-data.ts";
import { ALL, HELP, VERSION } from "./curl-help.ts";
import { ENTRIES, findLong, HINT, type OptionEntry, refuse } from "./curl-option-table.ts";
import { warning } from "./curl-warning.ts";

/** What a command line of curl asks for. Times are in nanoseconds. */
export interface CurlOptions {
  silent: boolean;
  showError: boolean;
  noMeter: boolean;
  include: boolean;
  verbose: boolean;
  head: boolean;
  method: string | null;
  fail: boolean;
  failWithBody: boolean;
  location: boolean;
  maxRedirects: number;
  maxTime: Nanos | null;
  connectTimeout: Nanos | null;
  userAgent: string | null;
  user: string | null;
  referer: string | null;
  range: string | null;
  headers: string[];
  /** The body of a POST, pieces already joined by `&`. */
  data: string | null;
  dataType: "form" | "json";
  get: boolean;
  writeOut: string | null;
  /** Files for bodies, in the order of the URLs; `null` is `-O`. */
  outputs: (string | null)[];
  outputDirectory: string | null;
  createDirectories: boolean;
  dumpHeader: string | null;
  localPort: number;
  localPortRange: number;
  interfaceName: string | null;
  resolve: string[];
  connectTo: string[];
  noKeepAlive: boolean;
  keepAliveTime: number;
  noBuffer: boolean;
  http10: boolean;
  http09: boolean;
  globOff: boolean;
  failEarly: boolean;
  retry: number;
  retryConnRefused: boolean;
  retryAllErrors: boolean;
  retryDelay: Nanos;
  retryMaxTime: Nanos;
  maxFilesize: number;
  urls: string[];
}

function freshOptions(): CurlOptions {
  return {
    silent: false,
    showError: false,
    noMeter: false,
    include: false,
    verbose: false,
    head: false,
    method: null,
    fail: false,
    failWithBody: false,
    location: false,
    maxRedirects: 50,
    maxTime: null,
    connectTimeout: null,
    userAgent: null,
    user: null,
    referer: null,
    range: null,
    headers: [],
    data: null,
    dataType: "form",
    get: false,
    writeOut: null,
    outputs: [],
    outputDirectory: null,
    createDirectories: false,
    dumpHeader: null,
    localPort: 0,
    localPortRange: 1,
    interfaceName: null,
    resolve: [],
    connectTo: [],
    noKeepAlive: false,
    keepAliveTime: 0,
    noBuffer: false,
    http10: false,
    http09: false,
    globOff: false,
    failEarly: false,
    retry: 0,
    retryConnRefused: false,
    retryAllErrors: false,
    retryDelay: 0,
    retryMaxTime: 0,
    maxFilesize: 0,
    urls: [],
  };
}

/** Reads a command line. @throws {ProgramExit} in curl's own words; also for what only prints (help, version). */
export function curlOptions(context: ProgramContext): CurlOptions {
  const { args } = context;
  if (args.length === 0) throw new ProgramExit(2, HINT);
  const options = freshOptions();
  let i = 0;
  const valueFor = (word: string): string => {
    const value = args[++i];
    return value ?? refuse(word, "requires parameter");
  };
  for (; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--") {
      options.urls.push(...args.slice(i + 1));
      break;
    }
    if (word.startsWith("--")) {
      const negative = word.startsWith("--no-") && !ENTRIES.some((entry) => entry.name === word.slice(2));
      const entry = findLong(word, word.slice(negative ? 5 : 2));
      if (negative && entry.kind === "value") refuse(word, "used '--no-' for option that isn't a boolean");
      const value = entry.kind === "value" ? valueFor(word) : "";
      apply(context, options, entry, word, value, !negative);
    } else if (word.startsWith("-") && word !== "-") {
      for (let at = 1; at < word.length; at++) {
        const letter = word[at]!;
        const entry = ENTRIES.find((known) => known.letter === letter);
        if (entry === undefined) refuse(word, "is unknown");
        if (entry.kind === "yes") {
          apply(context, options, entry, word, helpCategory(entry, args[i + 1]), true);
          continue;
        }
        const value = at + 1 < word.length ? word.slice(at + 1) : valueFor(word);
        apply(context, options, entry, word, value, true);
        break;
      }
    } else options.urls.push(word);
  }
  if (options.urls.length === 0) throw new ProgramExit(2, `curl: no URL specified!\n${HINT}`);
  if (options.head && options.data !== null && !options.get) {
    const both = "You asked for both POST (-d, --data) and HEAD (-I, --head).";
    const text = warning(`You can only select one HTTP request method! ${both}`);
    throw new ProgramExit(2, options.silent ? "" : text);
  }
  return options;
}

function helpCategory(entry: OptionEntry, next: string | undefined): string {
  return entry.name === "help" ? (next ?? "") : "";
}

function apply(
  context: ProgramContext,
  o: CurlOptions,
  entry: OptionEntry,
  word: string,
  value: string,
  on: boolean,
): void {
  if (!entry.known) refuse(word, "is not simulated");
  switch (entry.name) {
    case "silent":
      o.silent = on;
      break;
    case "show-error":
      o.showError = on;
      break;
    case "no-progress-meter":
      o.noMeter = on;
      break;
    case "include":
      o.include = on;
      break;
    case "verbose":
      o.verbose = on;
      break;
    case "head":
      o.head = on;
      break;
    case "request":
      o.method = value;
      break;
    case "fail":
      if (o.failWithBody) refuse(word, "is badly used here");
      o.fail = on;
      break;
    case "fail-with-body":
      if (o.fail) refuse(word, "is badly used here");
      o.failWithBody = on;
      break;
    case "fail-early":
      o.failEarly = on;
      break;
    case "location":
      o.location = on;
      break;
    case "max-redirs":
      o.maxRedirects = wholeNumber(word, value, -1);
      break;
    case "max-time":
      o.maxTime = seconds(word, value);
      break;
    case "connect-timeout":
      o.connectTimeout = seconds(word, value);
      break;
    case "user-agent":
      o.userAgent = value;
      break;
    case "user":
      o.user = value;
      break;
    case "referer":
      o.referer = value;
      break;
    case "range":
      o.range = value;
      break;
    case "header":
      o.headers.push(...headersOf(context, value, o.silent));
      break;
    case "data":
    case "data-ascii":
      addData(o, value.startsWith("@") ? fromFile(context, value, o.silent).replace(/[\r\n\0]/g, "") : value);
      break;
    case "data-binary":
      addData(o, value.startsWith("@") ? fromFile(context, value, o.silent) : value);
      break;
    case "data-raw":
      addData(o, value);
      break;
    case "data-urlencode":
      addData(o, urlEncoded(context, value, o.silent));
      break;
    case "json":
      o.dataType = "json";
      o.data = (o.data ?? "") + (value.startsWith("@") ? fromFile(context, value, o.silent) : value);
      break;
    case "get":
      o.get = on;
      break;
    case "write-out":
      // The warning has no end of its line.
      o.writeOut = value.startsWith("@")
        ? fromFile(context, value, o.silent, (name) => `Warning: Failed to read ${name}`)
        : value;
      break;
    case "output":
      o.outputs.push(value);
      break;
    case "remote-name":
      o.outputs.push(null);
      break;
    case "output-dir":
      o.outputDirectory = value;
      break;
    case "create-dirs":
      o.createDirectories = on;
      break;
    case "dump-header":
      o.dumpHeader = value;
      break;
    case "local-port": {
      const found = /^(\d+)(?:-(\d+))?$/.exec(value.replaceAll(" ", ""));
      const from = Number(found?.[1] ?? 0);
      const to = Number(found?.[2] ?? from);
      if (found === null || from > 65535 || to < from || to > 65535) refuse(word, "is badly used here");
      o.localPort = from;
      o.localPortRange = to - from + 1;
      break;
    }
    case "interface":
      o.interfaceName = value;
      break;
    case "resolve":
      o.resolve.push(value);
      break;
    case "connect-to":
      o.connectTo.push(value);
      break;
    case "no-keepalive":
      o.noKeepAlive = on;
      break;
    case "keepalive-time":
      o.keepAliveTime = wholeNumber(word, value, 0);
      break;
    case "no-buffer":
      o.noBuffer = on;
      break;
    case "http1.0":
      o.http10 = on;
      break;
    case "http0.9":
      o.http09 = on;
      break;
    case "globoff":
      o.globOff = on;
      break;
    case "retry":
      o.retry = wholeNumber(word, value, 0);
      break;
    case "retry-connrefused":
      o.retryConnRefused = on;
      break;
    case "retry-all-errors":
      o.retryAllErrors = on;
      break;
    case "retry-delay":
      o.retryDelay = wholeNumber(word, value, 0) * SECOND;
      break;
    case "retry-max-time":
      o.retryMaxTime = wholeNumber(word, value, 0) * SECOND;
      break;
    case "max-filesize":
      o.maxFilesize = wholeNumber(word, value, 0);
      break;
    case "url":
      o.urls.push(value);
      break;
    case "ipv6":
      refuse(word, "IPv6 is not simulated");
      break;
    case "version":
      throw new CurlText(VERSION);
    case "help":
      throw new CurlText(value === "" || value.startsWith("-") ? HELP : ALL);
    // What changes nothing: there is neither TLS nor a configuration file, and names have IPv4 addresses only.
    case "http1.1":
    case "http2":
    case "ipv4":
    case "insecure":
    case "disable":
    case "basic":
    case "tcp-nodelay":
      break;
  }
}

/** The command line asks for a text and nothing else. */
export class CurlText extends Error {
  override readonly name = "CurlText";
}

function seconds(word: string, value: string): Nanos {
  if (/^-\d/.test(value)) refuse(word, "expected a positive numerical parameter");
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(value)) refuse(word, "expected a proper numerical parameter");
  return Math.floor(Number(value) * 1000) * 1_000_000;
}

function wholeNumber(word: string, value: string, least: number): number {
  if (!/^-?\d+$/.test(value)) refuse(word, "expected a proper numerical parameter");
  if (Number(value) < least) refuse(word, "expected a positive numerical parameter");
  return Number(value);
}

function addData(o: CurlOptions, value: string): void {
  o.data = o.data === null ? value : `${o.data}&${value}`;
}
