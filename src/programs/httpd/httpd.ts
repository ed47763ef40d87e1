import { errorText, KernelError } from "../../net/kernel-error.ts";
import type { Program } from "../../sim/process.ts";
import { readServedFile } from "../http/served-file.ts";
import { absolutePath, type ProgramContext } from "../program-context.ts";
import { lastWords, ProgramExit } from "../program-exit.ts";
import { knownName } from "../resolve-name.ts";
import type { HttpdSite } from "./httpd-connection.ts";
import { listen, serve } from "./httpd-listen.ts";
import { type HttpdOptions, httpdOptions } from "./httpd-options.ts";
import type { HttpdFile } from "./httpd-response.ts";

/** `busybox httpd`: serves a directory of the host; a daemon without `-f`. */
export function* httpd(context: ProgramContext): Program {
  try {
    const options = httpdOptions(context.args);
    if (options.text !== null) {
      context.out(options.text);
      return 0;
    }
    return yield* start(context, options);
  } catch (error) {
    return lastWords(context, error);
  }
}

function* start(context: ProgramContext, options: HttpdOptions): Program {
  const home = absolutePath(context, options.home);
  const stat = context.files.stat(home);
  if (stat?.kind !== "directory") {
    const why = stat === null ? "No such file or directory" : "Not a directory";
    fail(`can't change directory to '${options.home}': ${why}`);
  }
  const { address, port } = placeOf(context, options.place);
  const site = directorySite(context, home);
  try {
    const listener = listen(context, address, port);
    if (options.foreground) return yield* serve(context, listener, site, options.verbosity);
    context.fork((child) => serve(child, listener, site, options.verbosity), "daemon");
    return 0;
  } catch (error) {
    if (error instanceof KernelError) fail(`bind: ${errorText[error.errno]}`);
    throw error;
  }
}

function fail(words: string): never {
  throw new ProgramExit(1, `httpd: ${words}\n`);
}

interface Place {
  /** Null: any, of either family. */
  readonly address: number | null;
  readonly port: number;
}

/** Reads `[ADDRESS:]PORT`. */
function placeOf(context: ProgramContext, text: string): Place {
  const colon = text.lastIndexOf(":");
  const port = text.slice(colon + 1);
  const found = colon < 0 ? null : knownName(context, text.slice(0, colon));
  if (!/^\d+$/.test(port) || (colon >= 0 && found === null)) fail(`bad address '${text}'`);
  // Busybox hands a number that is no port to the system as a name, which finds nothing to bind to.
  if (Number(port) > 65535) fail(`bind: ${errorText.EADDRNOTAVAIL}`);
  return { address: found?.address ?? null, port: Number(port) };
}

/** The files below a directory, read anew for each request. */
function directorySite(context: ProgramContext, home: string): HttpdSite {
  const { files } = context;
  const open = (path: string, name: string, gzipped: boolean): HttpdFile | null => {
    const file = readServedFile(files, path);
    return file === null ? null : { ...file, name, gzipped };
  };
  return {
    find: (path, gzip) => {
      const full = `${home === "/" ? "" : home}${path}${path.endsWith("/") ? "index.html" : ""}`;
      if (files.stat(full)?.kind === "directory") return "directory";
      const packed = gzip ? open(`${full}.gz`, full, true) : null;
      return packed ?? open(full, full, false);
    },
  };
}
