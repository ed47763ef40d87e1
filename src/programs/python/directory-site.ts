import { resolvePath } from "../../base/path.ts";
import * as utf8 from "../../wire/utf8.ts";
import { readServedFile, type ServedFile } from "../http/served-file.ts";
import type { ProgramFiles } from "../program-context.ts";
import { guessType } from "./media-types.ts";
import { escapeHtml } from "./python-text.ts";

/** What is at the target of a request: a page or file, another place to look, or nothing. */
type Found =
  | { readonly kind: "file"; readonly type: string; readonly file: ServedFile }
  | { readonly kind: "listing"; readonly type: string; readonly content: Uint8Array }
  | { readonly kind: "moved"; readonly location: string }
  | { readonly kind: "nothing" };

/** The files below a directory as Python's SimpleHTTPRequestHandler offers them, read anew for each request. */
export class DirectorySite {
  readonly #files: ProgramFiles;
  readonly #home: string;

  /** `home` is absolute and tidy, and need not be there. */
  constructor(files: ProgramFiles, home: string) {
    this.#files = files;
    this.#home = home;
  }

  /** `target` as it came in the request. */
  find(target: string): Found {
    const plain = target.split("?")[0]!.split("#")[0]!;
    const decoded = unquote(plain);
    // No file has a NUL in its name.
    if (decoded.includes("\0")) return { kind: "nothing" };
    const path = this.#pathOf(decoded);
    if (this.#files.stat(path)?.kind === "directory") {
      const moved = withSlash(target);
      if (moved !== null) return { kind: "moved", location: moved };
      for (const name of ["index.html", "index.htm"]) {
        const index = `${path === "/" ? "" : path}/${name}`;
        if (this.#files.stat(index)?.kind === "file") return this.#file(index);
      }
      return { kind: "listing", type: "text/html; charset=utf-8", content: this.#listing(path, target) };
    }
    return plain.endsWith("/") ? { kind: "nothing" } : this.#file(path);
  }

  #file(path: string): Found {
    const file = readServedFile(this.#files, path);
    return file === null ? { kind: "nothing" } : { kind: "file", type: guessType(path), file };
  }

  /** A path never leaves the directory: what would is left out. */
  #pathOf(decoded: string): string {
    const below = resolvePath("/", decoded);
    return below === "/" ? this.#home : `${this.#home === "/" ? "" : this.#home}${below}`;
  }

  #listing(path: string, target: string): Uint8Array {
    const title = `Directory listing for ${escapeHtml(unquote(target))}`;
    const lines = [
      '<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
      `<title>${title}</title>\n</head>\n<body>\n<h1>${title}</h1>\n<hr>\n<ul>`,
    ];
    const names = this.#files.list(path).map((name) => ({ name, low: name.toLowerCase() }));
    names.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
    for (const { name } of names) {
      const full = `${path === "/" ? "" : path}/${name}`;
      const slash = this.#files.stat(full)?.kind === "directory" ? "/" : "";
      const shown = `${name}${this.#files.stat(full, false)?.kind === "symlink" ? "@" : slash}`;
      lines.push(`<li><a href="${quote(name + slash)}">${escapeHtml(shown)}</a></li>`);
    }
    lines.push("</ul>\n<hr>\n</body>\n</html>\n");
    return utf8.encode(lines.join("\n"));
  }
}

/** The target with a slash behind its path; null if there is one. */
function withSlash(target: string): string | null {
  const [, path, query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/.exec(target)!;
  if (path!.endsWith("/")) return null;
  return `${path}/${query ? `?${query}` : ""}${fragment ? `#${fragment}` : ""}`;
}

/** `urllib.parse.unquote`: what percent signs hide is UTF-8; a wrong one stays. */
function unquote(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (hidden) =>
    utf8.decode(Uint8Array.from(hidden.slice(1).split("%"), (digits) => Number.parseInt(digits, 16))),
  );
}

/** `urllib.parse.quote`. */
function quote(text: string): string {
  let quoted = "";
  for (const octet of utf8.encode(text)) {
    const character = String.fromCharCode(octet);
    quoted += /[A-Za-z0-9_.~/-]/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return quoted;
}
