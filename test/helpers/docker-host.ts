import type { NetworkCreateRequest } from "../../src/docker/api/network-types.ts";
import type { ContainerNetworks, EndpointRequest } from "../../src/docker/network/container-networks.ts";
import { type ControllerParts, NetworkController } from "../../src/docker/network/network-controller.ts";
import type { HostProcesses } from "../../src/docker/network/ports/host-processes.ts";
import type { Sandbox } from "../../src/docker/network/sandbox.ts";
import type { LabWorld } from "../../src/scenario/lab-world.ts";
import type { Process } from "../../src/sim/process.ts";
import { labWorld } from "./lab-world.ts";
import { networkRequest } from "./network-request.ts";

/** A host with an engine's networks and no containers: tests join sandboxes by hand. */
export class DockerHost {
  readonly world: LabWorld;
  readonly networks: NetworkController;
  /** What runs on the host for the engine, by its words. */
  readonly processes: { words: string; process: Process }[] = [];
  readonly #sandboxes: Map<string, Sandbox> = new Map();
  /** Of containers, by name. */
  readonly #ids: Map<string, string> = new Map();
  #made = 0;

  constructor(parts: Partial<ControllerParts> = {}, world?: LabWorld) {
    this.world =
      world ?? labWorld({ hosts: { host: "172.10.0.15", client: "172.10.0.100" } }, { record: true });
    const { lab, toolbox } = this.world;
    const processes: HostProcesses = {
      start: (argv, _namespace, program) => {
        const process = lab.world.start(program());
        const entry = { words: argv.join(" "), process };
        this.processes.push(entry);
        return {
          kill: (signal) => {
            process.kill(signal);
            this.processes.splice(this.processes.indexOf(entry), 1);
          },
        };
      },
    };
    this.networks = new NetworkController({
      host: lab.host("host"),
      toolbox,
      processes,
      resolvConf: () => "nameserver 198.51.100.53\n",
      ...parts,
    });
    lab.world.settle();
  }

  create(name: string, more: Partial<NetworkCreateRequest> & { readonly subnet?: string } = {}): string {
    const { subnet, ...rest } = more;
    const Config = subnet === undefined ? [] : [{ Subnet: subnet }];
    const IPAM = { Driver: "default", Options: {}, Config };
    return this.networks.networkCreate(networkRequest(name, { IPAM, ...rest })).Id;
  }

  /** Starts a container without a process, as `docker run --name NAME --network NETWORK -p ...` would join it. */
  run(name: string, network = "bridge", more: Partial<EndpointRequest> & { dns?: string[] } = {}): Sandbox {
    this.#made++;
    const containerId = `${this.#made}`.padStart(64, "0");
    const { dns = [], ...rest } = more;
    const sandbox = this.networks.createSandbox({
      containerId,
      containerName: name,
      hostname: containerId.slice(0, 12),
      domainname: "",
      mode: network === "host" || network === "none" ? network : "own",
      dns,
      dnsSearch: [],
      dnsOptions: [],
      extraHosts: [],
    });
    this.#sandboxes.set(name, sandbox);
    this.#ids.set(name, containerId);
    try {
      this.connect(name, network, rest);
      this.networks.populate(sandbox);
      this.world.lab.world.settle();
    } catch (error) {
      this.stop(name);
      throw error;
    }
    return sandbox;
  }

  connect(name: string, network: string, more: Partial<EndpointRequest> = {}): void {
    (this.networks as ContainerNetworks).connect(this.sandbox(name), network, {
      containerId: this.#ids.get(name)!,
      containerName: name,
      settings: network === "bridge" ? {} : { Aliases: [this.#ids.get(name)!.slice(0, 12)] },
      macAddress: null,
      exposed: [],
      bindings: {},
      publishAll: false,
      ...more,
    });
    this.world.lab.world.settle();
  }

  idOf(name: string): string {
    return this.#ids.get(name)!;
  }

  sandbox(name: string): Sandbox {
    return this.#sandboxes.get(name)!;
  }

  stop(name: string): void {
    this.networks.deleteSandbox(this.sandbox(name));
    this.#sandboxes.delete(name);
  }

  get running(): readonly string[] {
    return [...this.#sandboxes.keys()];
  }

  /** What a command prints on the host, or in a container: `ask("ip route", "c1")`. */
  ask(command: string, container?: string): string {
    return this.world.ask(container === undefined ? "host" : `host/${container}`, command);
  }

  /** The rules without counters, with bridges named by their networks. */
  rules(container?: string): string {
    let text = this.ask("iptables-save", container)
      .split("\n")
      .filter((line) => !line.startsWith("#"))
      .join("\n")
      .replaceAll(/ \[\d+:\d+\]$/gm, "");
    for (const { Id, Name } of this.networks.networkList())
      text = text.replaceAll(`br-${Id.slice(0, 12)}`, `br-${Name}`);
    return text;
  }
}
