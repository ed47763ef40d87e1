import type { ProgramFiles } from "../../programs/program-context.ts";
import type { Sandbox } from "../network/sandbox.ts";
import type { Container } from "./container.ts";

/**
 * The files of a container that follow its networks. A start writes them anew; while the container runs, what somebody else
 * wrote into them stays: /etc/hosts gets and loses lines (libnetwork etchosts.Add, Delete), and a /etc/resolv.conf that is not
 * as the engine left it is let alone (sandbox.updateDNS).
 */
export class SandboxFiles {
  static readonly #all: WeakMap<Container, SandboxFiles> = new WeakMap();
  #sandbox: Sandbox | null = null;
  #hosts = "";
  #resolv = "";

  static of(container: Container): SandboxFiles {
    let files = SandboxFiles.#all.get(container);
    if (files === undefined) SandboxFiles.#all.set(container, (files = new SandboxFiles()));
    return files;
  }

  write(sandbox: Sandbox, files: ProgramFiles): void {
    const [hosts, resolv] = [sandbox.hostsFile(), sandbox.resolvConf()];
    if (sandbox !== this.#sandbox) {
      files.write("/etc/hosts", hosts);
      files.write("/etc/resolv.conf", resolv);
    } else {
      if (hosts !== this.#hosts)
        files.write("/etc/hosts", withLines(read(files, "/etc/hosts"), this.#hosts, hosts));
      if (resolv !== this.#resolv && read(files, "/etc/resolv.conf") === this.#resolv)
        files.write("/etc/resolv.conf", resolv);
    }
    this.#sandbox = sandbox;
    this.#hosts = hosts;
    this.#resolv = resolv;
  }
}

function read(files: ProgramFiles, path: string): string {
  return files.stat(path)?.kind === "file" ? files.read(path) : "";
}

/** A text without the lines that went when `before` became `after`, and with those that came; one can be there twice. */
function withLines(text: string, before: string, after: string): string {
  const linesOf = (whole: string): string[] => whole.split("\n").filter((line) => line !== "");
  const gone = without(linesOf(before), linesOf(after));
  const came = without(linesOf(after), linesOf(before));
  return [...without(linesOf(text), gone), ...came].map((line) => `${line}\n`).join("");
}

/** What is left of some lines when each of the others has taken one away that is the same. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...lines];
  for (const other of others) {
    const at = left.indexOf(other);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
