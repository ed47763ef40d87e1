import type { Upstream } from "../../programs/resolver/ask-server.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { EndpointSettings, PortMap } from "../api/network-types.ts";
import type { RunningResolver } from "../dns/embedded-resolver.ts";
import { goQuote } from "../templates/go-quote.ts";
import { rfc3339 } from "../timestamps.ts";
import type { SandboxRequest } from "./container-networks.ts";
import type { DriverHost } from "./driver-host.ts";
import type { Endpoint } from "./endpoint.ts";
import type { HostsFile } from "./files/hosts-file.ts";
import { addressWords } from "./names.ts";
import type { Sandbox } from "./sandbox.ts";

/** What the engine lets everybody do in a container's own namespace (oci.WithSysctls). */
const OWN_SYSCTLS = {
  "net/ipv4/ip_unprivileged_port_start": "0",
  "net/ipv4/ping_group_range": "0\t2147483647",
} as const;

/** A sandbox as the controller keeps it (libnetwork's `sandbox` and `osl`). */
export class NetworkSandbox implements Sandbox {
  readonly id: string;
  readonly key: string;
  readonly request: SandboxRequest;
  /** Where its operations are applied. */
  readonly inside: DriverHost;
  readonly hosts: HostsFile;
  resolv: string;
  /** Name servers that the embedded one asks. */
  upstream: readonly Upstream[] = [];
  dns: RunningResolver | null = null;
  /** The endpoint that has the way out, and publishes the ports. */
  exit: Endpoint | null = null;
  /** What is published, as it was told last: an internal network that is all that is left does not tell anew. */
  ports: PortMap = {};
  /** `--dns-option ndots:N` with N above 0 was said. */
  ndotsSet = false;
  readonly joined: Map<string, Endpoint> = new Map();
  readonly #next: Map<string, number> = new Map();
  /** While its container starts: whose devices it will take in. Null from then on. */
  #waiting: Endpoint[] | null = [];

  constructor(
    id: string,
    key: string,
    request: SandboxRequest,
    inside: DriverHost,
    hosts: HostsFile,
    resolv: string,
  ) {
    this.id = id;
    this.key = key;
    this.request = request;
    this.inside = inside;
    this.hosts = hosts;
    this.resolv = resolv;
  }

  get namespace(): DriverHost["namespace"] {
    return this.inside.namespace;
  }

  get isOwn(): boolean {
    return this.request.mode === "own";
  }

  get endpoints(): ReadonlyMap<string, EndpointSettings> {
    return new Map([...this.joined].map(([name, endpoint]) => [name, endpoint.settings()]));
  }

  hostsFile(): string {
    return this.hosts.text;
  }

  resolvConf(): string {
    return this.resolv;
  }

  /** Makes a fresh namespace ready. */
  begin(): void {
    this.inside.apply({ op: "link-set", dev: "lo", up: true });
    this.inside.setSysctl("net/ipv6/conf/all/disable_ipv6", "1");
    for (const [path, value] of Object.entries(OWN_SYSCTLS)) this.inside.setSysctl(path, value);
  }

  /** Sets what `--sysctl` asked for, when all devices are there; what cannot be set, in the words of runc. */
  setSysctls(sysctls: Readonly<Record<string, string>>): string | null {
    for (const [name, value] of Object.entries(sysctls)) {
      // Those of message queues and shared memory change nothing that is simulated.
      if (!name.startsWith("net")) continue;
      const path = sysctlPath(name);
      if (this.inside.sysctl(path) === null) return `open /proc/sys/${path}: no such file or directory`;
      if (!this.inside.attempt({ op: "sysctl-set", settings: [[path, value]], quiet: true }))
        return `write /proc/sys/${path}: invalid argument`;
    }
    return null;
  }

  /**
   * Takes in the device of an endpoint that has joined. A container that starts gets its devices when all have, in the
   * order of the engine's heap of endpoints: so the best of them is `eth0`, whichever joined first (SetKey).
   */
  takeIn(endpoint: Endpoint, host: DriverHost): void {
    if (this.#waiting === null) this.#addInterface(endpoint, host);
    else pushOnHeap(this.#waiting, endpoint);
  }

  /** All have joined: see {@link takeIn}. */
  populate(host: DriverHost): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const endpoint of waiting) this.#addInterface(endpoint, host);
    if (this.exit !== null) this.#routeBy(this.exit);
  }

  /** Gives a device its name and addresses in here, and puts it up (AddInterface). */
  #addInterface(endpoint: Endpoint, host: DriverHost): void {
    const join = endpoint.join!;
    if (join.device === null) return;
    const number = this.#next.get(join.prefix) ?? 0;
    this.#next.set(join.prefix, number + 1);
    const dev = `${join.prefix}${number}`;
    host.apply({ op: "link-set", dev: join.device, into: this.key });
    const { inside } = this;
    inside.apply({ op: "link-set", dev: join.device, name: dev });
    endpoint.device = dev;
    if (join.macAddress !== "") this.#setMac(dev, join.device, join.macAddress);
    const addresses = endpoint.address === null ? [] : [endpoint.address];
    for (const address of [...addresses, ...endpoint.linkLocals])
      inside.apply({ op: "addr-add", dev, ...addressWords(address) });
    inside.apply({ op: "link-set", dev, up: true });
    for (const { to, via } of join.routes)
      inside.apply({
        op: "route-set",
        verb: "add",
        dst: ip.formatPrefix(to.address, to.length),
        ...(via === null ? { scope: "link" } : { via: ip.format(via) }),
        dev,
      });
  }

  /** @param outside the device's name before it came in @throws {DaemonError} as runc passes on what dockerd's hook says */
  #setMac(dev: string, outside: string, address: string): void {
    try {
      this.inside.apply({ op: "link-set", dev, address });
    } catch (error) {
      if (!(error instanceof DaemonError)) throw error;
      const problem = `error setting interface "${outside}" MAC to "${address}": ${error.message}`;
      const said = goQuote(`failed to add interface ${outside} to sandbox: ${problem}`);
      const time = `${rfc3339(this.inside.host.world.now).slice(0, "2026-01-01T00:00:00".length)}Z`;
      throw new DaemonError(
        400,
        "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: " +
          "error during container init: error running hook #0: error running hook: exit status 1, stdout: , " +
          `stderr: time="${time}" level=fatal msg=${said}: unknown`,
      );
    }
  }

  /** Gives the device of an endpoint back to the host, under the name that it had there. */
  removeInterface(endpoint: Endpoint): void {
    const { device, join } = endpoint;
    endpoint.device = null;
    if (device === null || this.namespace.device(device) === null) return;
    this.inside.attempt({ op: "link-set", dev: device, up: false });
    this.inside.attempt({ op: "link-set", dev: device, name: join!.device! });
    this.inside.attempt({ op: "link-set", dev: join!.device!, into: "1" });
  }

  /** The default route leads by this endpoint now. */
  setExit(endpoint: Endpoint | null): void {
    const before = this.exit;
    this.exit = endpoint;
    if (before?.device != null && before !== endpoint)
      this.inside.attempt({
        op: "route-del",
        dst: "default",
        via: ip.format(before.join!.gateway!),
        dev: before.device,
      });
    if (endpoint !== null && endpoint !== before) this.#routeBy(endpoint);
  }

  #routeBy(endpoint: Endpoint): void {
    if (endpoint.device === null) return;
    this.inside.apply({
      op: "route-set",
      verb: "add",
      dst: "default",
      via: ip.format(endpoint.join!.gateway!),
      dev: endpoint.device,
    });
  }

  /** Its endpoints, those before the others that rather have the way out: internal ones last, then by network name. */
  get ranked(): readonly Endpoint[] {
    return [...this.joined.values()].sort(({ network: a }, { network: b }) =>
      a.internal !== b.internal ? (a.internal ? 1 : -1) : a.name < b.name ? -1 : 1,
    );
  }

  /** The endpoint that should have the way out. */
  bestExit(): Endpoint | null {
    return this.ranked.find((endpoint) => endpoint.join?.gateway != null) ?? null;
  }
}

/** Whether one endpoint comes before another in the engine's heap (epHeap.Less). */
function isBetter({ network: a }: Endpoint, { network: b }: Endpoint): boolean {
  if (a.internal || b.internal) return !a.internal;
  return a.name < b.name;
}

/** As Go's container/heap does it: a new one goes up as long as it is better than the one above. */
function pushOnHeap(heap: Endpoint[], endpoint: Endpoint): void {
  let at = heap.push(endpoint) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBetter(endpoint, heap[above]!)) return;
    heap[at] = heap[above]!;
    heap[above] = endpoint;
    at = above;
  }
}

/** A sysctl's path under /proc/sys; in its name dots and slashes change places. */
function sysctlPath(name: string): string {
  return name.includes("/") && name.indexOf("/") < name.indexOf(".") >>> 0
    ? name
    : name.replace(/[./]/g, (sign) => (sign === "." ? "/" : "."));
}
