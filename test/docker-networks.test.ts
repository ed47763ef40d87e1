import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { PortMap } from "../src/docker/api/network-types.ts";
import { DockerHost } from "./helpers/docker-host.ts";

function recorded(name: string): string {
  return readFileSync(new URL(`./recorded/docker-rules/${name}.txt`, import.meta.url), "utf8");
}

function ports(...list: readonly (readonly [container: string, host: string, address?: string])[]): PortMap {
  return Object.fromEntries(
    list.map(([container, HostPort, HostIp = ""]) => [container, [{ HostIp, HostPort }]]),
  );
}

test("A1 an engine that has just started has the recorded rules and default networks", () => {
  const docker = new DockerHost();
  expect(docker.rules()).toBe(recorded("fresh"));
  expect(docker.networks.networkList().map(({ Name, Driver }) => `${Name} ${Driver}`)).toEqual([
    "none null",
    "host host",
    "bridge bridge",
  ]);
  expect(docker.ask("ip route")).toContain(
    "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown",
  );
  expect(docker.ask("sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables")).toBe("1\n1\n");
});

test("A3 the rules of three networks, in the recorded order", () => {
  const docker = new DockerHost();
  docker.create("sample-net");
  docker.create("test-net", { subnet: "10.1.0.0/16" });
  expect(docker.rules()).toBe(recorded("two-networks"));
});

test("A12 the rules of published ports, in the recorded order", () => {
  const docker = new DockerHost();
  docker.create("test-net", { subnet: "10.1.0.0/16" });
  for (const name of ["x", "c2", "c1"]) docker.run(name);
  docker.stop("x");
  const exposed = ["80/tcp"];
  docker.run("web", "bridge", { exposed, publishAll: true });
  docker.run("web2", "bridge", { exposed, publishAll: true });
  docker.run("web3", "bridge", { exposed, bindings: ports(["80/tcp", "8080"]) });
  docker.run("web4", "bridge", { exposed, bindings: ports(["4321/udp", "3000"]) });
  docker.run("web5", "bridge", { exposed, bindings: ports(["80/tcp", "3000"]) });
  docker.run("web6", "bridge", { exposed, bindings: ports(["80/tcp", "8081", "127.0.0.1"]) });
  docker.run("web8", "bridge", {
    bindings: ports(["80/tcp", "9000"], ["81/tcp", "9001"], ["82/tcp", "9002"]),
  });
  docker.run("web9", "bridge", { exposed, bindings: ports(["80/tcp", ""]) });
  expect(docker.rules()).toBe(recorded("published"));
  expect(docker.sandbox("web4").ports).toEqual({
    "4321/udp": [
      { HostIp: "0.0.0.0", HostPort: "3000" },
      { HostIp: "::", HostPort: "3000" },
    ],
    "80/tcp": null,
  });
  expect(docker.processes.map(({ words }) => words)).toContain(
    "/usr/sbin/docker-proxy -proto udp -host-ip 0.0.0.0 -host-port 3000 -container-ip 172.17.0.7 -container-port 4321",
  );
  expect(docker.processes).toHaveLength(19);
});

test("A7 the rules that lead a container's questions to the embedded name server", () => {
  const docker = new DockerHost({ startDns: () => ({ udpPort: 40163, tcpPort: 39169, stop: () => {} }) });
  docker.create("test-net", { subnet: "10.1.0.0/16" });
  docker.run("c3", "test-net");
  expect(docker.rules("c3").replaceAll("40163", "<udp>").replaceAll("39169", "<tcp>")).toBe(
    recorded("sandbox"),
  );
  expect(docker.sandbox("c3").resolvConf()).toBe("nameserver 127.0.0.11\noptions ndots:0\n");
});

test("A4 a container on two networks, and which of them gives it the way out", () => {
  const docker = new DockerHost();
  docker.create("sample-net");
  docker.create("test-net", { subnet: "10.1.0.0/16" });
  for (const name of ["c3", "c4"]) docker.run(name, "test-net");
  docker.run("c5", "sample-net");
  docker.connect("c5", "test-net");
  expect(() => docker.connect("c5", "test-net")).toThrow(
    "endpoint with name c5 already exists in network test-net",
  );
  expect(docker.ask("ip route", "c5")).toBe(
    "default via 172.18.0.1 dev eth0 \n" +
      "10.1.0.0/16 dev eth1 proto kernel scope link src 10.1.0.4 \n" +
      "172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.2 \n",
  );
  expect(docker.sandbox("c5").hostsFile()).toMatch(
    /172\.18\.0\.2\t000000000000\n10\.1\.0\.4\t000000000000\n$/,
  );
  docker.run("c6", "sample-net");
  docker.connect("c6", "bridge");
  expect(docker.ask("ip route", "c6")).toMatch(/^default via 172\.17\.0\.1 dev eth1 \n/);
  docker.networks.disconnect(docker.sandbox("c6"), "bridge");
  expect(docker.ask("ip route", "c6")).toBe(
    "default via 172.18.0.1 dev eth0 \n172.18.0.0/16 dev eth0 proto kernel scope link src 172.18.0.3 \n",
  );
  expect(docker.sandbox("c6").endpoints.get("sample-net")).toMatchObject({
    Gateway: "172.18.0.1",
    IPAddress: "172.18.0.3",
    MacAddress: "02:42:ac:12:00:03",
  });
  expect(docker.ask("ip link", "c5").match(/^\d+: eth\d@if\d+/gm)).toEqual([
    "10: eth0@if11",
    "12: eth1@if13",
  ]);
});

test("A3 refusals in the engine's words", () => {
  const docker = new DockerHost();
  const id = docker.create("sample-net");
  docker.run("c1", "sample-net");
  const { networks } = docker;
  expect(() => docker.create("sample-net")).toThrow("network with name sample-net already exists");
  expect(() => docker.create("bridge")).toThrow("operation is not permitted on predefined bridge network");
  expect(() => networks.networkRemove("bridge")).toThrow(
    "bridge is a pre-defined network and cannot be removed",
  );
  expect(() => networks.networkRemove("nosuch")).toThrow("network nosuch not found");
  expect(() => networks.networkRemove("sample-net")).toThrow(
    `error while removing network: network sample-net id ${id} has active endpoints`,
  );
  expect(() => docker.create("other", { subnet: "172.18.0.0/24" })).toThrow(
    "Pool overlaps with other one on this address space",
  );
  expect(() => docker.create("other", { Driver: "nosuch" })).toThrow('plugin "nosuch" not found');
  docker.run("web", "bridge", { bindings: ports(["80/tcp", "8080"]) });
  expect(() => docker.run("web2", "bridge", { bindings: ports(["80/tcp", "8080"]) })).toThrow(
    /^driver failed programming external connectivity on endpoint web2 \([0-9a-f]{64}\): Bind for 0\.0\.0\.0:8080 failed: port is already allocated$/,
  );
  expect(() => docker.run("web3", "bridge", { bindings: ports(["80/tcp", "8080", "172.10.0.15"]) })).toThrow(
    /: Error starting userland proxy: listen tcp4 172\.10\.0\.15:8080: bind: address already in use$/,
  );
});
