import { DaemonError } from "../../api/daemon-error.ts";
import type { JoinInfo, NetworkDriver } from "../network-driver.ts";

/** A network that is nothing on the host: its containers bring what they have. There is one of each, made by the engine. */
class PlainDriver implements NetworkDriver {
  readonly name: string;
  readonly addresses = false;
  #made = false;

  constructor(name: string) {
    this.name = name;
  }

  createNetwork(): void {
    if (this.#made) throw new DaemonError(403, `only one instance of "${this.name}" network is allowed`);
    this.#made = true;
  }

  deleteNetwork(): void {}

  createEndpoint(): void {}

  deleteEndpoint(): void {}

  join(): JoinInfo {
    return { device: null, prefix: "", macAddress: "", gateway: null, routes: [] };
  }
}

/** `--network host`: the host's own namespace. */
export function hostDriver(): NetworkDriver {
  return new PlainDriver("host");
}

/** `--network none`: a loopback device. */
export function nullDriver(): NetworkDriver {
  return new PlainDriver("null");
}
