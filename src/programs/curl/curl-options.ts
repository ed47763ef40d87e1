import { type Nanos, SECOND } from "../../sim/time.ts";
import type { ProgramContext } from "../program-context.ts";
import { ProgramExit } from "../program-exit.ts";
import { ALL, HELP, VERSION } from "./curl-help.ts";

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

type Kind = "yes" | "value";

/** Every option that is known: its letter or nothing, its long name, and whether a value follows. */
const KNOWN: readonly (readonly [string, string, Kind])[] = [
  ["A", "user-agent", "value"],
  ["D", "dump-header", "value"],
  ["G", "get", "yes"],
  ["H", "header", "value"],
  ["I", "head", "yes"],
  ["L", "location", "yes"],
  ["N", "no-buffer", "yes"],
  ["O", "remote-name", "yes"],
  ["S", "show-error", "yes"],
  ["V", "version", "yes"],
  ["X", "request", "value"],
  ["0", "http1.0", "yes"],
  ["4", "ipv4", "yes"],
  ["6", "ipv6", "yes"],
  ["d", "data", "value"],
  ["e", "referer", "value"],
  ["f", "fail", "yes"],
  ["g", "globoff", "yes"],
  ["h", "help", "yes"],
  ["i", "include", "yes"],
  ["k", "insecure", "yes"],
  ["m", "max-time", "value"],
  ["o", "output", "value"],
  ["q", "disable", "yes"],
  ["r", "range", "value"],
  ["s", "silent", "yes"],
  ["u", "user", "value"],
  ["v", "verbose", "yes"],
  ["w", "write-out", "value"],
  ["", "basic", "yes"],
  ["", "connect-timeout", "value"],
  ["", "connect-to", "value"],
  ["", "create-dirs", "yes"],
  ["", "data-ascii", "value"],
  ["", "data-binary", "value"],
  ["", "data-raw", "value"],
  ["", "data-urlencode", "value"],
  ["", "fail-early", "yes"],
  ["", "fail-with-body", "yes"],
  ["", "http0.9", "yes"],
  ["", "http1.1", "yes"],
  ["", "http2", "yes"],
  ["", "interface", "value"],
  ["", "json", "value"],
  ["", "keepalive-time", "value"],
  ["", "local-port", "value"],
  ["", "max-filesize", "value"],
  ["", "max-redirs", "value"],
  ["", "no-keepalive", "yes"],
  ["", "no-progress-meter", "yes"],
  ["", "output-dir", "value"],
  ["", "resolve", "value"],
  ["", "retry", "value"],
  ["", "retry-all-errors", "yes"],
  ["", "retry-connrefused", "yes"],
  ["", "retry-delay", "value"],
  ["", "retry-max-time", "value"],
  ["", "tcp-nodelay", "yes"],
  ["", "url", "value"],
];

/** Options of the real one that are not simulated, `=` behind those with a value; after a slash their letters. */
const OTHERS: readonly string[] =
  "abstract-unix-socket= alt-svc= anyauth append/a aws-sigv4= cacert= capath= cert/E= cert-status cert-type= ciphers= compressed compressed-ssh config/K= continue-at/C= cookie/b= cookie-jar/c= create-file-mode= crlf crlfile= curves= delegation= digest disable-eprt disable-epsv disallow-username-in-url dns-interface= dns-ipv4-addr= dns-ipv6-addr= dns-servers= doh-cert-status doh-insecure doh-url= egd-file= engine= etag-compare= etag-save= expect100-timeout= false-start form/F= form-escape form-string= ftp-account= ftp-alternative-to-user= ftp-create-dirs ftp-method= ftp-pasv ftp-port/P= ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc ftp-ssl-ccc-mode= ftp-ssl-control happy-eyeballs-timeout-ms= haproxy-protocol hostpubmd5= hostpubsha256= hsts= http2-prior-knowledge http3 http3-only ignore-content-length junk-session-cookies/j key= key-type= krb= libcurl= limit-rate= list-only/l location-trusted login-options= mail-auth= mail-from= mail-rcpt= mail-rcpt-allowfails manual/M metalink negotiate netrc/n netrc-file= netrc-optional next/: no-alpn no-clobber no-npn no-sessionid noproxy= ntlm ntlm-wb oauth2-bearer= parallel/Z parallel-immediate parallel-max= pass= path-as-is pinnedpubkey= post301 post302 post303 preproxy= progress-bar/# proto= proto-default= proto-redir= proxy/x= proxy-anyauth proxy-basic proxy-cacert= proxy-capath= proxy-cert= proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-digest proxy-header= proxy-insecure proxy-key= proxy-key-type= proxy-negotiate proxy-ntlm proxy-pass= proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tls13-ciphers= proxy-tlsauthtype= proxy-tlspassword= proxy-tlsuser= proxy-tlsv1 proxy-user/U= proxy1.0= proxytunnel/p pubkey= quote/Q= random-file= rate= raw remote-header-name/J remote-name-all remote-time/R remove-on-error request-target= sasl-authzid= sasl-ir service-name= socks4= socks4a= socks5= socks5-basic socks5-gssapi socks5-gssapi-nec socks5-gssapi-service= socks5-hostname= speed-limit/Y= speed-time/y= ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort sslv2/2 sslv3/3 stderr= styled-output suppress-connect-headers tcp-fastopen telnet-option/t= tftp-blksize= tftp-no-options time-cond/z= tls-max= tls13-ciphers= tlsauthtype= tlspassword= tlsuser= tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace= trace-ascii= trace-time unix-socket= upload-file/T= url-query= use-ascii/B xattr".split(
    " ",
  );

interface Entry {
  readonly letter: string;
  readonly name: string;
  readonly kind: Kind;
  readonly known: boolean;
}

const ENTRIES: readonly Entry[] = [
  ...KNOWN.map(([letter, name, kind]) => ({ letter, name, kind, known: true })),
  ...OTHERS.map((word) => {
    const [name, letter = ""] = word.replace("=", "").split("/") as [string, string?];
    const kind: Kind = word.endsWith("=") ? "value" : "yes";
    return { letter, name, kind, known: false };
  }),
];

const HINT = "curl: try 'curl --help' or 'curl --manual' for more information\n";

function refuse(option: string, why: string): never {
  throw new ProgramExit(2, `curl: option ${option}: ${why}\n${HINT}`);
}

export function freshOptions(): CurlOptions {
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

/** An option by its long name, which may be shortened as long as it stays clear. */
function findLong(word: string, name: string): Entry {
  const exact = ENTRIES.find((entry) => entry.name === name);
  if (exact !== undefined) return exact;
  const begin = ENTRIES.filter((entry) => entry.name.startsWith(name));
  if (begin.length === 0) refuse(word, "is unknown");
  if (begin.length > 1) refuse(word, "is ambiguous");
  return begin[0]!;
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
  return options;
}

function helpCategory(entry: Entry, next: string | undefined): string {
  return entry.name === "help" ? (next ?? "") : "";
}

function apply(
  context: ProgramContext,
  o: CurlOptions,
  entry: Entry,
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
      o.fail = on;
      break;
    case "fail-with-body":
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
      o.headers.push(...headersOf(context, word, value));
      break;
    case "data":
    case "data-ascii":
      addData(o, value.startsWith("@") ? fromFile(context, word, value).replace(/[\r\n\0]/g, "") : value);
      break;
    case "data-binary":
      addData(o, value.startsWith("@") ? fromFile(context, word, value) : value);
      break;
    case "data-raw":
      addData(o, value);
      break;
    case "data-urlencode":
      addData(o, urlEncoded(context, word, value));
      break;
    case "json":
      o.dataType = "json";
      o.data = (o.data ?? "") + (value.startsWith("@") ? fromFile(context, word, value) : value);
      break;
    case "get":
      o.get = on;
      break;
    case "write-out":
      o.writeOut = value.startsWith("@") ? fromFile(context, word, value) : value;
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
      if (found === null || from < 1 || from > 65535 || to < from || to > 65535)
        refuse(word, "is badly used here");
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

function headersOf(context: ProgramContext, word: string, value: string): string[] {
  if (!value.startsWith("@")) return [value];
  return fromFile(context, word, value)
    .split(/\r?\n/)
    .filter((line) => line !== "");
}

/** `@FILE`, or `@-` for the standard input. */
function fromFile(context: ProgramContext, word: string, value: string): string {
  const name = value.slice(1);
  if (name === "-") return context.stdin;
  try {
    return context.files.read(name.startsWith("/") ? name : `${context.cwd}/${name}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new ProgramExit(
      26,
      `Warning: Couldn't read data from file "${name}", this makes an empty \nWarning: POST.\n${word}`,
    );
  }
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`: the content percent-encoded. */
function urlEncoded(context: ProgramContext, word: string, value: string): string {
  const at = value.search(/[=@]/);
  const name = at > 0 ? `${value.slice(0, at)}=` : "";
  const content = at < 0 ? value : value.slice(at + 1);
  const text = at >= 0 && value[at] === "@" ? fromFile(context, word, `@${content}`) : content;
  return (
    name +
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  );
}
