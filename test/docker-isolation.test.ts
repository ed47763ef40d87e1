import fc from "fast-check";
import { expect, test } from "vitest";
import { DaemonError } from "../src/docker/api/daemon-error.ts";
import type { Sandbox } from "../src/docker/network/sandbox.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { SECOND } from "../src/sim/time.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { DockerHost } from "./helpers/docker-host.ts";

const NETWORKS = ["bridge", "na", "nb", "closed", "shy"] as const;
const CONTAINERS = ["c0", "c1", "c2", "c3"] as const;

type Step =
  | { readonly do: "create" | "remove"; readonly network: (typeof NETWORKS)[number] }
  | { readonly do: "prune" }
  | { readonly do: "stop"; readonly container: (typeof CONTAINERS)[number] }
  | {
      readonly do: "run" | "connect" | "disconnect";
      readonly container: (typeof CONTAINERS)[number];
      readonly network: (typeof NETWORKS)[number];
      readonly publish: number | null;
    };

const network = fc.constantFrom(...NETWORKS);
const container = fc.constantFrom(...CONTAINERS);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("create", "remove"), network }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prune") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("stop"), container }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("run", "run", "connect", "connect", "disconnect"),
      container,
      network,
      publish: fc.option(fc.integer({ min: 7000, max: 7002 })),
    }),
  },
) as fc.Arbitrary<Step>;

/** Does a step; what the engine refuses is refused in its words, and nothing else is thrown. */
function take(docker: DockerHost, step: Step): void {
  const { networks } = docker;
  try {
    switch (step.do) {
      case "create":
        docker.create(step.network, {
          Internal: step.network === "closed",
          Options: step.network === "shy" ? { "com.docker.network.bridge.enable_icc": "false" } : {},
        });
        return;
      case "remove":
        networks.networkRemove(step.network);
        return;
      case "prune":
        networks.networkPrune();
        return;
      case "stop":
        if (docker.running.includes(step.container)) docker.stop(step.container);
        return;
      case "run":
        if (docker.running.includes(step.container)) return;
        docker.run(
          step.container,
          step.network,
          step.publish === null
            ? {}
            : { bindings: { "5000/udp": [{ HostIp: "", HostPort: `${step.publish}` }] } },
        );
        return;
      case "connect":
        if (docker.running.includes(step.container)) docker.connect(step.container, step.network);
        return;
      case "disconnect":
        if (docker.running.includes(step.container))
          networks.disconnect(docker.sandbox(step.container), step.network);
    }
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
  }
}

/** Whether a datagram comes from one namespace to port 5000 of another, sent to that address and port. */
function reaches(
  docker: DockerHost,
  from: NetworkNamespace,
  to: Sandbox,
  address: number,
  port = 5000,
): boolean {
  const server = new UdpSocket(to.namespace);
  const client = new UdpSocket(from);
  try {
    server.bind(0, 5000);
    client.sendTo(address, port, new Uint8Array([1]));
    docker.world.advance(4 * SECOND);
    return server.receive() !== null;
  } catch {
    return false; // no way there
  } finally {
    server.close();
    client.close();
  }
}

test("A3 A12 two containers exchange a packet if and only if they share a network that lets them or a port is published", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 24 }), (steps) => {
      const docker = new DockerHost();
      for (const each of ["na", "nb", "closed", "shy"] as const)
        take(docker, { do: "create", network: each });
      for (const each of steps) take(docker, each);
      for (const a of docker.running)
        for (const b of docker.running) {
          const from = docker.sandbox(a);
          const to = docker.sandbox(b);
          if (a === b) continue;
          for (const [name, { IPAddress }] of to.endpoints) {
            const share = from.endpoints.has(name) && name !== "shy";
            const detail = `${a} to ${b} on ${name}: ${[...from.endpoints.keys()]}; ${[...to.endpoints.keys()]}`;
            expect([detail, reaches(docker, from.namespace, to, ip.parse(IPAddress)!)]).toEqual([
              detail,
              share,
            ]);
          }
          const published = Number(to.ports["5000/udp"]?.[0]?.HostPort ?? 0);
          if (published === 0) continue;
          const outward = [...from.endpoints.keys()].some((name) => name !== "closed");
          const host = ip.parse("172.10.0.15")!;
          const where = `${a} to ${b} by port ${published}: ${[...from.endpoints.keys()]}; ${[...to.endpoints.keys()]}`;
          expect([where, reaches(docker, from.namespace, to, host, published)]).toEqual([where, outward]);
        }
      expect(docker.world.accounts()).toEqual([]);
    }),
    { numRuns: 12 },
  );
}, 240_000);

test("A3 whatever was made and taken away again, nothing is left behind", () => {
  const fresh = new DockerHost();
  const rules = fresh.rules();
  const links = fresh.ask("ip -br link").replaceAll(/[0-9a-f:]{17}/g, "");
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const docker = new DockerHost();
      for (const each of steps) take(docker, each);
      for (const name of docker.running) docker.stop(name);
      docker.networks.networkPrune();
      docker.world.advance(SECOND);
      expect(docker.rules()).toBe(rules);
      expect(docker.ask("ip -br link").replaceAll(/[0-9a-f:]{17}/g, "")).toBe(links);
      expect(docker.ask("ip route")).toBe(fresh.ask("ip route"));
      const { sockets, tcp } = docker.world.lab.host("host").root;
      expect([
        ...sockets.listUdp(),
        ...tcp.ports.listeners,
        ...sockets.ipv6.list("tcp"),
        ...sockets.ipv6.list("udp"),
      ]).toEqual([]);
      expect(docker.processes).toEqual([]);
      expect(docker.networks.publishedPorts).toBe(0);
      expect(docker.world.lab.host("host").allNamespaces).toHaveLength(1);
      expect(docker.world.accounts()).toEqual([]);
      for (const name of CONTAINERS) docker.run(name);
      const addresses = CONTAINERS.map((name) => docker.sandbox(name).endpoints.get("bridge")!.IPAddress);
      expect(addresses).toEqual(["172.17.0.2", "172.17.0.3", "172.17.0.4", "172.17.0.5"]);
    }),
    { numRuns: 30 },
  );
}, 240_000);
