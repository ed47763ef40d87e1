import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { causeWords } from "../src/capture/entry-words.ts";
import type { PortMap } from "../src/docker/api/network-types.ts";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { recordedWorld } from "./agreement/recorded-world.ts";
import { DockerHost } from "./helpers/docker-host.ts";
import { labWorld } from "./helpers/lab-world.ts";

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

test("A12 ports go where the way out goes, and are none without one", () => {
  const docker = new DockerHost();
  docker.create("sample-net");
  docker.create("closed", { Internal: true });
  const bindings = { "80/tcp": [{ HostIp: "", HostPort: "7000" }] };
  docker.run("c1", "sample-net", { exposed: ["80/tcp"], bindings });
  docker.connect("c1", "bridge", { exposed: ["80/tcp"], bindings });
  docker.connect("c1", "closed", { exposed: ["80/tcp"], bindings });
  const published = ["0.0.0.0", "::"].map((HostIp) => ({ HostIp, HostPort: "7000" }));
  const sandbox = docker.sandbox("c1");
  expect(sandbox.ports).toEqual({ "80/tcp": published });
  docker.networks.disconnect(sandbox, "bridge");
  expect(sandbox.ports).toEqual({ "80/tcp": published });
  // Record m06, 31189: who leaves hands his ports on even to an internal network, which nobody is published on who joins it.
  docker.networks.disconnect(sandbox, "sample-net");
  expect(sandbox.ports).toEqual({ "80/tcp": published });
  docker.networks.disconnect(sandbox, "closed");
  expect(sandbox.ports).toEqual({});
  expect(docker.rules()).not.toContain("7000");
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

// The rules are those of a real engine 20.10.24 with `"icc": false, "bip": "10.20.0.1/24"`, which keeps them too.
test("A3 where containers on docker0 may not talk, a link lets them on the exposed ports", async () => {
  const world = labWorld({
    hosts: { host: { address: "172.10.0.15", docker: { icc: false, bip: "10.20.0.1/24" } } },
  });
  const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await ask("docker run -d --name db --expose 5432 alpine httpd -f -p 5432 -h /etc");
  await ask(
    "docker exec -d db httpd -f -p 5433 -h /etc; docker run -d --name app --link db:database alpine sleep 10000",
  );
  await ask("docker run -d --name app2 --link db:database --link app alpine sleep 10000");
  const rules = `-A DOCKER -s 10.20.0.3/32 -d 10.20.0.2/32 -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT
-A DOCKER -s 10.20.0.2/32 -d 10.20.0.3/32 -i docker0 -o docker0 -p tcp -m tcp --sport 5432 -j ACCEPT
-A DOCKER -s 10.20.0.4/32 -d 10.20.0.2/32 -i docker0 -o docker0 -p tcp -m tcp --dport 5432 -j ACCEPT
-A DOCKER -s 10.20.0.2/32 -d 10.20.0.4/32 -i docker0 -o docker0 -p tcp -m tcp --sport 5432 -j ACCEPT
`;
  const listed = "iptables -S DOCKER | grep -e '-A DOCKER -s'";
  expect(await ask(listed)).toBe(rules);
  const id = await ask("docker exec db hostname");
  const get = (from: string, port: number): Promise<string> =>
    ask(`docker exec ${from} wget -qO- -T 1 http://10.20.0.2:${port}/hostname`);
  await ask("docker run -d --name stranger alpine sleep 10000");
  expect([await get("app", 5432), await get("app2", 5432)]).toEqual([id, id]);
  expect([await get("app", 5433), await get("stranger", 5432)].filter((text) => text === id)).toEqual([]);
  expect(await ask("docker exec app ping -c 1 -w 1 database")).toContain("100% packet loss");
  await ask("docker restart -t 0 db; docker stop -t 0 app");
  expect(await ask(listed)).toBe(rules);
  expect(world.accounts()).toEqual([]);
});

// A real engine 20.10.24 knows l2 and l3, and not l3s.
test("A5 ipvlan's mode l3 goes by the host's routes; what is no mode is refused in the engine's words", async () => {
  const world = labWorld({
    hosts: { host: { address: "172.10.0.15", docker: true }, client: "172.10.0.100" },
  });
  const ask = async (line: string, on = "host"): Promise<string> => (await world.type(on, line)).output;
  const create = (mode: string): Promise<string> =>
    ask(`docker network create -d ipvlan --subnet 10.9.0.0/24 -o parent=eth0 -o ipvlan_mode=${mode} net`);
  for (const mode of ["l3s", "l9"])
    expect(await create(mode)).toBe(
      `Error response from daemon: requested ipvlan mode '${mode}' is not valid, 'l2' mode is the ipvlan driver default\n`,
    );
  expect(await ask("docker network ls -q | wc -l")).toBe("3\n");
  await create("l3");
  expect(await ask("docker network inspect -f '{{json .Options}}' net")).toBe(
    '{"ipvlan_mode":"l3","parent":"eth0"}\n',
  );
  for (const name of ["c1", "c2"]) await ask(`docker run -d --name ${name} --network net alpine sleep 100`);
  expect(await ask("docker exec c1 ip route")).toBe(
    "default dev eth0 scope link \n10.9.0.0/24 dev eth0 scope link  src 10.9.0.2 \n",
  );
  expect(await ask("docker exec c1 ping -c 1 c2")).toContain("1 packets received");
  expect(await ask("docker exec c1 ping -c 1 -W 1 172.10.0.100")).toContain("0 packets received");
  await ask("ip route add 10.9.0.0/24 via 172.10.0.15", "client");
  expect(await ask("docker exec c1 ping -c 1 -W 1 172.10.0.100")).toContain("1 packets received");
  await ask("docker rm -f c1 c2; docker network rm net");
  expect(world.accounts()).toEqual([]);
});

test("A5 macvlan and ipvlan: on the wire of the host, apart from it, with VLAN sub-interfaces made and taken away", async () => {
  const docker = new DockerHost();
  const { world } = docker;
  const { networks } = docker;
  const rules = docker.rules();
  const pool = { Subnet: "172.10.0.0/24", Gateway: "172.10.0.1", IPRange: "172.10.0.64/26" };
  const ipam = { Driver: "default", Options: {}, Config: [pool] };
  const id = docker.create("mac1", { Driver: "macvlan", IPAM: ipam, Options: { parent: "eth0" } });
  expect(() => docker.create("mac2", { Driver: "macvlan", Options: { parent: "eth0" } })).toThrow(
    `network dm-${id.slice(0, 12)} is already using parent interface eth0`,
  );
  docker.run("v1", "mac1");
  docker.run("v2", "mac1");
  expect(docker.ask("ip route", "v1")).toBe(
    "default via 172.10.0.1 dev eth0 \n172.10.0.0/24 dev eth0 proto kernel scope link src 172.10.0.64 \n",
  );
  expect(docker.ask("ip link show eth0", "v1")).toMatch(
    /^\d+: eth0@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default \n {4}link\/ether 02:42:ac:0a:00:40 /,
  );
  expect(docker.rules()).toBe(rules);
  const ping = async (from: string, to: string): Promise<string> =>
    (await world.type("host", `nsenter --net=${docker.sandbox(from).key} ping -c 1 -W 1 ${to}`)).output;
  expect(await ping("v1", "172.10.0.65")).toContain("1 received");
  expect(await ping("v1", "172.10.0.100")).toContain("1 received");
  expect(await ping("v1", "172.10.0.15")).toContain("0 received");
  docker.create("mac3", { Driver: "macvlan", subnet: "10.61.0.0/24", Options: { parent: "eth0.10" } });
  docker.run("v3", "mac3");
  expect(docker.ask("ip link show eth0.10")).toMatch(
    /^\d+: eth0\.10@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 /,
  );
  docker.create("ipv1", { Driver: "ipvlan", subnet: "10.63.0.0/24", Options: { parent: "eth0.20" } });
  docker.run("w1", "ipv1");
  docker.run("w2", "ipv1");
  expect(await ping("w1", "10.63.0.3")).toContain("1 received");
  for (const name of ["v1", "v2", "v3", "w1", "w2"]) docker.stop(name);
  expect(networks.networkPrune().NetworksDeleted).toEqual(["mac1", "mac3", "ipv1"]);
  expect(docker.ask("ip -br link").split("\n")).toHaveLength(4);
});

test("A12 without the userland proxy packets come back to their own container, and the engine itself holds the ports", () => {
  const docker = new DockerHost({ options: { "userland-proxy": false } });
  docker.create("nb");
  const exposed = ["80/tcp"];
  docker.run("f1", "bridge", { exposed, bindings: ports(["80/tcp", "8080"]) });
  docker.run("f2", "nb", { exposed, bindings: ports(["80/tcp", "8081"], ["90/udp", "8082"]) });
  expect(docker.rules()).toBe(recorded("no-userland-proxy"));
  expect(docker.sandbox("f1").ports).toEqual({ "80/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }] });
  expect(docker.processes).toEqual([]);
  expect(docker.ask("sysctl -n net.ipv4.conf.docker0.route_localnet")).toBe("1\n");
  expect(docker.ask("bridge -d link").match(/hairpin on/g)).toHaveLength(2);
  const taken = new TcpListener(docker.world.lab.host("host").root);
  taken.listen(0, 8090, 1);
  expect(() => docker.run("f4", "bridge", { bindings: ports(["80/tcp", "8090"]) })).toThrow(
    /\): listen tcp4 0\.0\.0\.0:8090: bind: address already in use$/,
  );
});

test("A3 icc, ip-masq, bip, fixed-cidr, mtu and ip of the daemon", () => {
  const docker = new DockerHost({
    options: {
      icc: false,
      "ip-masq": false,
      bip: "10.77.0.1/24",
      "fixed-cidr": "10.77.0.128/25",
      mtu: 1400,
      ip: "172.10.0.15",
    },
  });
  expect(docker.networks.networkInspect("bridge")).toMatchObject({
    IPAM: { Config: [{ Subnet: "10.77.0.0/24", IPRange: "10.77.0.128/25", Gateway: "10.77.0.1" }] },
    Options: {
      "com.docker.network.bridge.enable_icc": "false",
      "com.docker.network.bridge.enable_ip_masquerade": "false",
      "com.docker.network.bridge.host_binding_ipv4": "172.10.0.15",
      "com.docker.network.driver.mtu": "1400",
    },
  });
  const exposed = ["80/tcp"];
  docker.run("g1", "bridge", { exposed, bindings: ports(["80/tcp", "8080"]) });
  docker.run("g2", "bridge", { exposed, linked: [docker.idOf("g1")] });
  docker.run("g3", "bridge", { exposed });
  expect(docker.rules()).toBe(recorded("daemon-options"));
  expect(docker.ask("ip link show eth0", "g1")).toContain("mtu 1400");
});

test("A3 a bridge has room for 1023 containers", () => {
  const docker = new DockerHost({}, labWorld({ hosts: { host: "172.10.0.15" } }));
  for (let i = 0; i < 1023; i++) docker.run(`c${i}`);
  expect(() => docker.run("last")).toThrow(
    /^failed to create endpoint last on network bridge: adding interface veth[0-9a-f]{7} to bridge docker0 failed: exchange full$/,
  );
});

test("A1 a sandbox is a namespace that lies in a file of its own, under the container's name in journeys", async () => {
  const docker = new DockerHost();
  docker.run("c1");
  const { key } = docker.sandbox("c1");
  expect(key).toMatch(/^\/var\/run\/docker\/netns\/[0-9a-f]{12}$/);
  const type = async (line: string): Promise<string> => (await docker.world.type("host", line)).output;
  expect(await type("ip netns list")).toBe("");
  expect(await type("ls /var/run/docker/netns")).toBe(`${key.split("/").at(-1)}\n`);
  expect(await type(`nsenter --net=${key} ip -br addr show eth0`)).toMatch(
    /^eth0@if5 +UP +172\.17\.0\.2\/16 /,
  );
  expect(await type(`ip -n ../docker/netns/${key.split("/").at(-1)} route`)).toContain(
    "default via 172.17.0.1",
  );
  expect(await type(`ip -n ${key} route`)).toBe(
    `Cannot open network namespace "${key}": No such file or directory\n`,
  );
  expect(await type(`nsenter --net=${key} ping -c 1 172.17.0.1`)).toContain("1 received");
  const from = docker.world.journeys().map((journey) => journey.steps[0]!.place);
  expect(from.some((where) => where.startsWith("host/c1"))).toBe(true);
  docker.stop("c1");
  // The engine looks each minute for files that nothing is bound to any more.
  expect(await type(`nsenter --net=${key} true; ls /var/run/docker/netns`)).toBe(
    `nsenter: cannot open ${key}: No such file or directory\n${key.split("/").at(-1)}\n`,
  );
  expect(await type("sleep 60; ls /var/run/docker/netns")).toBe("");
});

test("A1 a namespace of a process or a sandbox gets a name by a link in /run/netns", async () => {
  const world = await recordedWorld();
  const type = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await type("docker run -d --name c1 alpine:latest sleep 1000; ip netns add blue; ip netns del blue");
  await type('ln -sfT /proc/$(docker inspect -f "{{.State.Pid}}" c1)/ns/net /var/run/netns/c1');
  expect(await type("ip netns; ip link show type veth | tail -1")).toMatch(
    /^c1 \(id: 0\)\n.* link-netns c1\n$/,
  );
  expect(await type("ip netns exec c1 ip -br addr show eth0")).toContain("172.17.0.2/16");
  expect(await type("ip netns add c1")).toContain("File exists");
  await type("rm -f /var/run/netns/c1; rmdir /var/run/netns; ln -s /var/run/docker/netns /var/run/netns");
  const sandbox = (await type("docker inspect -f '{{.NetworkSettings.SandboxKey}}' c1"))
    .trim()
    .split("/")
    .at(-1)!;
  expect(await type("ip netns")).toBe(`${sandbox} (id: 0)\n`);
  await type("docker rm -f c1");
  expect(await type(`ip netns exec ${sandbox} true`)).toBe(
    `Cannot open network namespace "${sandbox}": No such file or directory\n`,
  );
});

test("what the engine does names the command that asked for it", () => {
  const docker = new DockerHost();
  const { registry } = docker.world.lab.world;
  const before = registry.cause;
  const { applied } = docker.world.toolbox;
  const since = applied.length;
  registry.cause = { by: "operation", text: "docker network create sample-net", line: "" };
  docker.create("sample-net");
  registry.cause = before;
  expect(applied.slice(since).map((operation) => operation.for)).not.toContain(undefined);
  const route = registry.records.find(
    ({ kind, text }) => kind === "route" && text.startsWith("172.18.0.0/16"),
  );
  expect(causeWords("route", route!.history[0]!, () => null)).toMatch(
    /^ip link set br-[0-9a-f]{12} up, for docker network create sample-net$/,
  );
});

test("A1 a machine that was switched off and on again has its engine's networks again", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true }, other: "172.10.0.16" } });
  const bridges = (): string =>
    world.ask("host", "ip -br link show type bridge").replaceAll(/[0-9a-f:]{17}/g, "");
  const before = bridges();
  expect(before).toMatch(/^docker0 /);
  await world.type("other", "poweroff host; poweron host");
  expect(bridges()).toBe(before);
  expect(world.ask("host", "iptables-save")).toContain("-A FORWARD -j DOCKER-USER");
});

test("A7 neighbours find a container by its name of today", async () => {
  const docker = new DockerHost();
  docker.create("net1");
  docker.run("c1", "net1");
  docker.run("c2", "net1");
  const resolve = async (name: string): Promise<string> => {
    const inside = `nsenter --net=${docker.sandbox("c1").key}`;
    return (await docker.world.type("host", `${inside} busybox nslookup -type=a ${name} 127.0.0.11`)).output;
  };
  expect(await resolve("c2")).toContain("Address: 172.18.0.3");
  docker.networks.rename(docker.sandbox("c2"), "c22");
  expect(await resolve("c22.net1")).toContain("Address: 172.18.0.3");
  expect(await resolve("c2")).toMatch(/NXDOMAIN|SERVFAIL|timed out/);
  expect(Object.values(docker.networks.networkInspect("net1").Containers).map(({ Name }) => Name)).toContain(
    "c22",
  );
});

test("what is typed as docker is the cause of what the engine does, and --show-commands shows it", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const since = world.engineCommands(0).count;
  await world.type("host", "docker network create sample-net", "lesson.md:7");
  await world.type("host", "docker run -d --name c1 --network sample-net alpine sleep 1000", "lesson.md:8");
  await world.type("host", "ip link add x type dummy");
  const { commands } = world.engineCommands(since);
  expect(new Set(commands.map((operation) => operation.for))).toEqual(
    new Set([
      "docker network create sample-net",
      "docker run -d --name c1 --network sample-net alpine sleep 1000",
    ]),
  );
  const { registry } = world.lab.world;
  const route = registry.records.find(
    ({ kind, text }) => kind === "route" && text.startsWith("172.18.0.0/16"),
  );
  expect(causeWords("route", route!.history[0]!, () => null)).toMatch(
    /^ip link set br-[0-9a-f]{12} up, for docker network create sample-net \(lesson\.md:7\)$/,
  );
});

test("A4 where a host forwards nothing the engine warns of each container that would need it", async () => {
  const world = await recordedWorld();
  const type = async (line: string): Promise<string> => (await world.type("host", line)).output;
  const warning = "WARNING: IPv4 forwarding is disabled. Networking will not work.\n";
  await type("sysctl -w net.ipv4.ip_forward=0");
  expect(await type("docker run --rm alpine:latest true")).toBe(warning);
  expect(await type("docker run --rm --network none alpine:latest true")).toBe("");
  await type("sysctl -w net.ipv4.ip_forward=1");
  expect(await type("docker run --rm alpine:latest true")).toBe("");
});
