import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { Consistency } from "./helpers/docker-consistency.ts";
import { labWorld } from "./helpers/lab-world.ts";

const HOSTS = { hosts: { host: { address: "172.10.0.15", docker: true }, client: "172.10.0.100" } };

async function ask(world: LabWorld, line: string, host = "host"): Promise<string> {
  return (await world.type(host, line)).output;
}

// What a real engine 20.10.24 did when its process ended and began again with these containers, save that its slow machine
// took longer than the 15 seconds after which an engine goes without having seen how `no` ended (255 there, 137 else), and that
// it gave addresses out as its containers happened to start.
test("A10 an engine that starts again starts those whose policy says so, keeps all else, and programs its rules anew", async () => {
  const world = labWorld(HOSTS);
  const consistency = await Consistency.of(world);
  for (const line of [
    "docker network create keep; docker volume create v1",
    "docker run -d --name no alpine sleep 10000; docker run -d --name al --restart always -p 8080:80 nginx",
    "docker run -d --name us --restart unless-stopped --network keep alpine sleep 10000",
    "docker run -d --name of --restart on-failure alpine sleep 10000",
    "docker run -d --name us2 --restart unless-stopped alpine sleep 10000",
    "docker run -d --name al2 --restart always alpine sleep 10000",
    "docker run -d --name rmm --rm alpine sleep 10000; docker run -d --name pau --restart always alpine sleep 10000",
    "docker create --name cre --restart always alpine sleep 10000",
    "docker pause pau; docker stop -t 0 us2 al2; docker exec us sh -c 'echo mine > /root/file'",
  ])
    expect((await world.type("host", line)).status, line).toBe(0);
  const ids = await ask(world, "docker ps -aq --no-trunc | grep -v $(docker ps -q --no-trunc -f name=rmm)");
  const mac = await ask(world, "cat /sys/class/net/docker0/address");
  const networks = await ask(world, "docker network ls -q -f name=keep -f name=none -f name=host");
  const bridge = await ask(world, "docker network ls -q -f name=bridge");
  const before = world.now;
  expect((await world.type("host", "systemctl restart docker")).output).toBe("");
  // Those that do not hear SIGTERM are killed ten seconds later, all at the same time.
  expect(Math.round((world.now - before) / 1e9)).toBe(10);
  expect(consistency.faults()).toEqual([]);
  expect(
    await ask(world, "docker ps -a --format '{{.Names}} {{.State}} {{.Status}}' | sed 's/ (.*//; s/ Up.*//'"),
  ).toBe(
    "cre created Created\npau running\nal2 running\nus2 exited Exited\nof running\nus running\nal running\nno exited Exited\n",
  );
  const state = "{{.Name}} {{.State.ExitCode}} {{.RestartCount}} {{json .State.Error}}";
  expect(await ask(world, `docker inspect -f '${state}' no us2 al`)).toBe(
    '/no 137 0 ""\n/us2 137 0 ""\n/al 0 0 ""\n',
  );
  expect(await ask(world, "docker ps -aq --no-trunc")).toBe(ids);
  expect(await ask(world, "docker network ls -q -f name=keep -f name=none -f name=host")).toBe(networks);
  // The default bridge is a network of another id on the same device, and its rules stand before the others now.
  expect(await ask(world, "docker network ls -q -f name=bridge")).not.toBe(bridge);
  expect(await ask(world, "cat /sys/class/net/docker0/address")).toBe(mac);
  const short = (await ask(world, "docker network ls -q -f name=keep")).trim();
  expect(
    await ask(
      world,
      "iptables -t nat -S POSTROUTING; iptables -S FORWARD; iptables -S DOCKER-ISOLATION-STAGE-2",
    ),
  ).toBe(
    `-P POSTROUTING ACCEPT
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.18.0.0/16 ! -o br-${short} -j MASQUERADE
-A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-P FORWARD DROP
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A FORWARD -o br-${short} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o br-${short} -j DOCKER
-A FORWARD -i br-${short} ! -o br-${short} -j ACCEPT
-A FORWARD -i br-${short} -o br-${short} -j ACCEPT
-N DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o br-${short} -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
`,
  );
  expect(
    await ask(
      world,
      "docker volume ls -q; docker exec us cat /root/file; docker port al 80; docker exec us ping -c 1 -w 1 us | tail -2 | head -1",
    ),
  ).toBe("v1\nmine\n0.0.0.0:8080\n:::8080\n1 packets transmitted, 1 packets received, 0% packet loss\n");
  expect(await ask(world, "curl -s http://172.10.0.15:8080/ | head -1", "client")).toBe("<!DOCTYPE html>\n");
  expect(
    await ask(world, "docker events --since 1h --until 0s -f container=rmm --format '{{.Action}}' | tail -1"),
  ).toBe("destroy\n");
  // And once more, and everything can be taken away.
  await ask(world, "service docker restart");
  expect(consistency.faults()).toEqual([]);
  await ask(world, "docker rm -f $(docker ps -aq); docker network rm keep; docker volume rm v1");
  expect(await consistency.leftOvers()).toEqual([]);
  expect(world.accounts()).toEqual([]);
});

test("A10 links and shared networks come back after a restart; systemctl says what it cannot do", async () => {
  const world = labWorld(HOSTS);
  await ask(
    world,
    "docker run -d --name db --restart always alpine sleep 10000; docker run -d --name app --restart always --link db:database alpine sleep 10000",
  );
  await ask(world, "docker run -d --name side --restart always --network container:db alpine sleep 10000");
  await ask(world, "systemctl restart docker.service");
  expect(
    await ask(
      world,
      "docker exec app ping -c 1 -w 1 database | tail -2 | head -1; docker exec side hostname | wc -c; systemctl is-active docker",
    ),
  ).toBe("1 packets transmitted, 1 packets received, 0% packet loss\n13\nactive\n");
  expect(await world.type("client", "systemctl restart docker")).toMatchObject({
    output: "Failed to restart docker.service: Unit docker.service not found.\n",
    status: 5,
  });
  expect(await world.type("client", "systemctl is-active docker")).toMatchObject({
    output: "inactive\n",
    status: 3,
  });
  expect(await world.type("host", "systemctl mask docker")).toMatchObject({
    output: "systemctl: overmesh: only start, stop, restart, reload and is-active of docker are simulated\n",
    status: 1,
  });
});

// The listing is that of a real engine after the same commands, with the network's id and the container's address left open.
test("A10 what stood in the engine's own chains is gone when it starts again, what stood in others is not", async () => {
  const world = labWorld(HOSTS);
  for (const line of [
    "docker network create keep; docker run -d --restart always -p 8080:80 nginx",
    "iptables -t nat -A DOCKER -p tcp --dport 99 -j RETURN; iptables -A DOCKER -p tcp --dport 98 -j RETURN",
    "iptables -A DOCKER-USER -p tcp --dport 97 -j RETURN; iptables -A FORWARD -p tcp --dport 95 -j RETURN",
    "iptables -A DOCKER-ISOLATION-STAGE-1 -p tcp --dport 96 -j RETURN; systemctl restart docker",
  ])
    expect((await world.type("host", line)).status, line).toBe(0);
  const saved = await ask(world, "iptables-save | grep -v '^#'");
  expect(
    saved.replace(/br-[0-9a-f]{12}/g, "br-KEEP").replace(/172\.17\.0\.\d+\b(?!\/16)/g, "172.17.0.N"),
  ).toBe(
    `*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A POSTROUTING -s 172.18.0.0/16 ! -o br-KEEP -j MASQUERADE
-A POSTROUTING -s 172.17.0.N/32 -d 172.17.0.N/32 -p tcp -m tcp --dport 80 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
-A DOCKER -i br-KEEP -j RETURN
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.N:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A FORWARD -i docker0 -o docker0 -j ACCEPT
-A FORWARD -o br-KEEP -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o br-KEEP -j DOCKER
-A FORWARD -i br-KEEP ! -o br-KEEP -j ACCEPT
-A FORWARD -i br-KEEP -o br-KEEP -j ACCEPT
-A FORWARD -p tcp -m tcp --dport 95 -j RETURN
-A DOCKER -d 172.17.0.N/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -i br-KEEP ! -o br-KEEP -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
-A DOCKER-ISOLATION-STAGE-2 -o br-KEEP -j DROP
-A DOCKER-ISOLATION-STAGE-2 -j RETURN
-A DOCKER-USER -j RETURN
-A DOCKER-USER -p tcp -m tcp --dport 97 -j RETURN
COMMIT
`,
  );
});

// A real engine 20.10.24 with its own client: `logs -f` of such a container printed these two lines and ended, and at the engine's
// end `events` said what stands here, while `stats` ended as if all was well.
test("who follows a log is let go when its process ends, even to start again; who listens to an engine, when that ends", async () => {
  const world = labWorld(HOSTS);
  await ask(world, "docker run -d --name aa --restart always alpine sh -c 'echo hi; sleep 2; echo bye'");
  expect(await world.type("host", "docker logs -f aa")).toMatchObject({ output: "hi\nbye\n", status: 0 });
  // It waits for its next start now.
  expect(await ask(world, "docker logs -f aa | tail -1")).toBe("bye\n");
  await ask(world, "{ docker events >ev 2>&1; echo $? >>ev; } &");
  await ask(world, "{ docker stats >/dev/null 2>st; echo $? >>st; } &");
  await ask(world, "sleep 1; docker rm -f aa; systemctl restart docker; sleep 1");
  expect(await ask(world, "tail -2 ev; cat st")).toBe("unexpected EOF\n1\n0\n");
});
