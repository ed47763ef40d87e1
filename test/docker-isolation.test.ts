import fc from "fast-check";
import { expect, test } from "vitest";
import { DaemonError } from "../src/docker/api/daemon-error.ts";
import type { Sandbox } from "../src/docker/network/sandbox.ts";
import type { NetworkNamespace } from "../src/net/network-namespace.ts";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { UdpSocket } from "../src/net/udp-socket.ts";
import { SECOND } from "../src/sim/time.ts";
import * as ip from "../src/wire/ipv4-address.ts";
import { DockerHost } from "./helpers/docker-host.ts";

const NETWORKS = ["bridge", "na", "nb", "closed", "shy", "mac", "vip"] as const;
/** Networks that do not lead to the host: nothing is published there, and no packet goes out by them. */
const APART: ReadonlySet<string> = new Set(["closed", "mac", "vip"]);
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

/** Where the containers are at first: on one or two networks each, perhaps with a port. */
const homes = fc.array(fc.tuple(network, network, fc.option(fc.integer({ min: 7000, max: 7002 }))), {
  minLength: CONTAINERS.length,
  maxLength: CONTAINERS.length,
});

const DESCRIPTIONS: Readonly<Record<string, Parameters<DockerHost["create"]>[1]>> = {
  closed: { Internal: true },
  shy: { Options: { "com.docker.network.bridge.enable_icc": "false" } },
  mac: { Driver: "macvlan", Options: { parent: "eth0.7" }, subnet: "10.7.0.0/24" },
  vip: { Driver: "ipvlan", Options: { parent: "eth0.8" }, subnet: "10.8.0.0/24" },
};

/** Does a step; what the engine refuses is refused in its words, and nothing else is thrown. */
function take(docker: DockerHost, step: Step): void {
  const { networks } = docker;
  try {
    switch (step.do) {
      case "create":
        docker.create(step.network, DESCRIPTIONS[step.network] ?? {});
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
            : {
                bindings: Object.fromEntries(
                  PROTOCOLS.map((protocol) => [
                    `5000/${protocol}`,
                    [{ HostIp: "", HostPort: `${step.publish}` }],
                  ]),
                ),
              },
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

const PROTOCOLS = ["udp", "tcp"] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Whether something comes from one namespace to port 5000 of another, sent to that address and port. */
function reaches(
  docker: DockerHost,
  protocol: Protocol,
  from: NetworkNamespace,
  to: NetworkNamespace,
  address: number,
  port = 5000,
): boolean {
  const [server, client] =
    protocol === "udp"
      ? ([new UdpSocket(to), new UdpSocket(from)] as const)
      : ([new TcpListener(to), new TcpSocket(from)] as const);
  try {
    if (server instanceof UdpSocket) server.bind(0, 5000);
    else {
      server.reuseAddress = true;
      server.listen(0, 5000, 1);
    }
    if (client instanceof UdpSocket) client.sendTo(address, port, new Uint8Array([1]));
    else client.connect(address, port);
    docker.world.advance(4 * SECOND);
    if (server instanceof UdpSocket) return server.receive() !== null;
    const accepted = server.accept();
    accepted?.close();
    return accepted !== null;
  } catch {
    return false; // no way there
  } finally {
    server.close();
    client.close();
    docker.world.advance(SECOND);
  }
}

/** The network that leads out of a container: the first by name that is not internal; undefined when none is. */
function exitOf({ endpoints }: Sandbox): string | undefined {
  return [...endpoints.keys()].filter((name) => name !== "closed").sort()[0];
}

/** Whether a network is one by which a container's packets come to the host, and ports are published. */
function leadsToHost(network: string | undefined): boolean {
  return network !== undefined && !APART.has(network);
}

test("A3 A5 A12 containers exchange packets if and only if they share a network that lets them or a port is published, by UDP and TCP", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(homes, fc.array(step, { maxLength: 12 }), (homes, steps) => {
      const docker = new DockerHost();
      const host = ip.parse("172.10.0.15")!;
      const outside = docker.world.lab.host("client").root;
      for (const network of NETWORKS) if (network !== "bridge") take(docker, { do: "create", network });
      for (const [i, [first, second, publish]] of homes.entries()) {
        const container = CONTAINERS[i]!;
        take(docker, { do: "run", container, network: first, publish });
        take(docker, { do: "connect", container, network: second, publish });
      }
      for (const each of steps) take(docker, each);
      for (const b of docker.running) {
        const to = docker.sandbox(b);
        const where = [...to.endpoints.keys()];
        const published = to.ports["5000/udp"]?.[0]?.HostPort;
        const isPublished = published !== undefined && leadsToHost(exitOf(to));
        const expectReach = (
          from: NetworkNamespace,
          who: string,
          address: number,
          port: number,
          whether: boolean,
        ): void => {
          for (const protocol of PROTOCOLS) {
            const detail = `${protocol} from ${who} to ${b} on ${where} at ${ip.format(address)}:${port}`;
            expect([detail, reaches(docker, protocol, from, to.namespace, address, port)]).toEqual([
              detail,
              whether,
            ]);
          }
        };
        if (published !== undefined) expectReach(outside, "outside", host, Number(published), isPublished);
        for (const a of docker.running) {
          if (a === b) continue;
          const from = docker.sandbox(a);
          const who = `${a} on ${[...from.endpoints.keys()]}`;
          for (const [name, { IPAddress }] of to.endpoints) {
            const shared = from.endpoints.has(name) && name !== "shy";
            seen.add(`${name} ${shared}`);
            expectReach(from.namespace, who, ip.parse(IPAddress)!, 5000, shared);
          }
          if (published === undefined) continue;
          const outward = leadsToHost(exitOf(from)) && isPublished;
          seen.add(`published ${outward}`);
          expectReach(from.namespace, who, host, Number(published), outward);
        }
      }
      expect(docker.world.accounts()).toEqual([]);
    }),
    { numRuns: 14 },
  );
  // The worlds that were drawn had what is to be shown.
  const kinds = [...NETWORKS, "published"].flatMap((name) => [
    `${name} false`,
    ...(name === "shy" ? [] : [`${name} true`]),
  ]);
  expect([...seen].sort()).toEqual(expect.arrayContaining(kinds.sort()));
});

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
