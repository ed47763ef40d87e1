import type { ProgramFiles } from "../../programs/program-context.ts";
import type { Sandbox } from "../network/sandbox.ts";
import type { Container } from "./container.ts";

/**
 * The files of a container that follow its networks. They are written again only when their text has changed, so that
 * what somebody wrote into them inside the container stays as long as it does in Docker.
 */
export class SandboxFiles {
  static readonly #all: WeakMap<Container, SandboxFiles> = new WeakMap();
  #hosts = "";
  #resolv = "";

  static of(container: Container): SandboxFiles {
    let files = SandboxFiles.#all.get(container);
    if (files === undefined) SandboxFiles.#all.set(container, (files = new SandboxFiles()));
    return files;
  }

  write(sandbox: Sandbox, files: ProgramFiles): void {
    const hosts = sandbox.hostsFile();
    const resolv = sandbox.resolvConf();
    if (hosts !== this.#hosts) files.write("/etc/hosts", (this.#hosts = hosts));
    if (resolv !== this.#resolv) files.write("/etc/resolv.conf", (this.#resolv = resolv));
  }
}
