import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { Consistency } from "./helpers/docker-consistency.ts";
import { labWorld } from "./helpers/lab-world.ts";

const HOSTS = { hosts: { host: { address: "172.10.0.15", docker: true }, client: "172.10.0.100" } };

async function ask(world: LabWorld, line: string, host = "host"): Promise<string> {
  return (await world.type(host, line)).output;
}

const NO_ENGINE =
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n";
const JOB_FAILED = `Job for docker.service failed because the control process exited with error code.
See "systemctl status docker.service" and "journalctl -xeu docker.service" for details.
`;

test("A10 an engine that starts again reads /etc/docker/daemon.json", async () => {
  const world = labWorld(HOSTS);
  const consistency = await Consistency.of(world);
  await ask(
    world,
    "docker run -d --name web --restart always -p 8080:80 nginx; docker network create before",
  );
  await ask(
    world,
    `cat > /etc/docker/daemon.json <<'END'
{
  "bip": "10.77.0.1/24", "fixed-cidr": "10.77.0.128/25", "mtu": 1400, "userland-proxy": false, "labels": ["rack=7"],
  "default-address-pools": [{ "base": "10.99.0.0/16", "size": 24 }], "dns": ["9.9.9.9"], "default-shm-size": "32m",
  "log-opts": { "max-size": "1m" }, "default-ulimits": { "nofile": { "Name": "nofile", "Soft": 100, "Hard": 200 } }
}
END`,
  );
  // Nothing changes before the engine starts again.
  expect(await ask(world, "ip -4 -br addr show docker0 | tr -s ' '")).toBe("docker0 UP 172.17.0.1/16 \n");
  expect(await world.type("host", "systemctl restart docker")).toMatchObject({ output: "", status: 0 });
  expect(consistency.faults()).toEqual([]);
  expect(await ask(world, "ip -4 -br addr show docker0 | tr -s ' '")).toBe("docker0 UP 10.77.0.1/24 \n");
  expect(await ask(world, "docker inspect -f '{{.NetworkSettings.IPAddress}}' web; docker port web")).toBe(
    "10.77.0.128\n80/tcp -> 0.0.0.0:8080\n",
  );
  expect(await ask(world, "curl -s http://172.10.0.15:8080/ | head -1", "client")).toBe("<!DOCTYPE html>\n");
  expect(
    await ask(world, "pgrep -c docker-proxy; docker info -f '{{json .Labels}} {{.DefaultAddressPools}}'"),
  ).toBe('0\n["rack=7"] [{10.99.0.0/16 24}]\n');
  await ask(world, "docker network create after");
  expect(
    await ask(world, "docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' before after"),
  ).toBe("172.18.0.0/16\n10.99.0.0/24\n");
  expect(
    await ask(
      world,
      "docker run --rm alpine sh -c 'cat /etc/resolv.conf /sys/class/net/eth0/mtu; ulimit -n; ulimit -Hn; df /dev/shm | tail -1'",
    ),
  ).toBe(
    "nameserver 9.9.9.9\n1400\n100\n200\nshm                      32768         0     32768   0% /dev/shm\n",
  );
  // Without the file all is as it was, save the address of docker0, which is there already.
  await ask(world, "rm /etc/docker/daemon.json; systemctl restart docker");
  expect(
    await ask(
      world,
      "docker port web; docker info -f '{{json .Labels}}'; docker network inspect -f '{{json .IPAM.Config}}' bridge",
    ),
  ).toBe(
    '80/tcp -> 0.0.0.0:8080\n80/tcp -> :::8080\n[]\n[{"Subnet":"10.77.0.0/24","Gateway":"10.77.0.1"}]\n',
  );
  expect(consistency.faults()).toEqual([]);
});

/** What dockerd 20.10.24 said before it ended. */
const REFUSED: readonly (readonly [file: string, words: string])[] = [
  ['{"bip": ', "unable to configure the Docker daemon with file /etc/docker/daemon.json: unexpected EOF"],
  [
    '{"bip": "10.1.1.1"}',
    "failed to start daemon: Error initializing network controller: invalid CIDR address: 10.1.1.1",
  ],
  [
    '{"fixed-cidr": "x"}',
    "failed to start daemon: Error initializing network controller: invalid CIDR address: x",
  ],
  [
    '{"bip": "10.1.1.0/24"}',
    'failed to start daemon: Error initializing network controller: Error creating default "bridge" network: failed to allocate gateway (10.1.1.0): Address already in use',
  ],
  [
    '{"mtu": -1}',
    'failed to start daemon: Error initializing network controller: Error creating default "bridge" network: invalid MTU number: -1',
  ],
  [
    '{"bridge": "nosuch"}',
    'failed to start daemon: Error initializing network controller: Error creating default "bridge" network: bridge device with non default name nosuch must be created manually',
  ],
  [
    '{"bridge": "none", "bip": "10.1.1.1/24"}',
    "failed to start daemon: You specified -b & --bip, mutually exclusive options. Please specify only one",
  ],
  [
    '{"iptables": false, "icc": false}',
    "failed to start daemon: You specified --iptables=false with --icc=false. ICC=false uses iptables to function. Please set --icc or --iptables to true",
  ],
  [
    '{"log-opts": {"foo": "x"}}',
    "failed to start daemon: failed to set log opts: unknown log opt 'foo' for json-file log driver",
  ],
  [
    '{"default-address-pools": [{"base":"x","size":24}]}',
    'failed to start daemon: Error initializing network controller: error obtaining controller instance: invalid base pool "x": invalid CIDR address: x',
  ],
  [
    '{"default-address-pools": [{"base":"10.0.0.0/8","size":4}]}',
    "failed to start daemon: Error initializing network controller: error obtaining controller instance: invalid pools size: 4",
  ],
];

test("A10 an engine whose file makes no sense does not start, and its journal says why", async () => {
  const world = labWorld(HOSTS);
  await ask(world, "docker run -d --name web --restart always nginx");
  for (const [file, words] of REFUSED) {
    await ask(world, `echo '${file}' > /etc/docker/daemon.json`);
    expect(await world.type("host", "systemctl restart docker")).toMatchObject({
      output: JOB_FAILED,
      status: 1,
    });
    expect(await world.type("host", "docker ps")).toMatchObject({ output: NO_ENGINE, status: 1 });
    expect(await world.type("host", "systemctl is-active docker")).toMatchObject({
      output: "failed\n",
      status: 3,
    });
    const journal = await ask(world, "journalctl -u docker --no-pager | grep dockerd | tail -1");
    expect(journal.replace(/^Jan 01 00:\d\d:\d\d host dockerd\[\d+\]: /, "")).toBe(`${words}\n`);
  }
  expect(await ask(world, "systemctl reload docker")).toBe("docker.service is not active, cannot reload.\n");
  await ask(world, "rm /etc/docker/daemon.json");
  expect(await world.type("host", "systemctl start docker")).toMatchObject({ output: "", status: 0 });
  expect(await ask(world, "docker ps --format '{{.Names}} {{.State}}'")).toBe("web running\n");
});

test("A10 systemctl reload takes labels over at once, and live-restore keeps containers while the engine is away", async () => {
  const world = labWorld(HOSTS);
  await ask(
    world,
    'docker run -d --name web -p 8080:80 nginx; echo \'{"live-restore": true, "labels": ["a=1"]}\' > /etc/docker/daemon.json',
  );
  expect(await world.type("host", "systemctl reload docker")).toMatchObject({ output: "", status: 0 });
  expect(await ask(world, "docker info -f '{{json .Labels}} {{.LiveRestoreEnabled}}'")).toBe(
    '["a=1"] true\n',
  );
  expect(
    await ask(
      world,
      "docker events --since 1h --until 0s -f type=daemon --format '{{.Action}} {{.Actor.Attributes.labels}}'",
    ),
  ).toBe('reload ["a=1"]\n');
  const started = await ask(world, "docker inspect -f '{{.State.StartedAt}}' web");
  const rules = await ask(world, "iptables-save");
  await ask(world, "systemctl stop docker");
  expect(await ask(world, "docker ps")).toBe(NO_ENGINE);
  expect(await ask(world, "curl -s http://172.10.0.15:8080/ | head -1", "client")).toBe("<!DOCTYPE html>\n");
  await ask(world, "systemctl start docker");
  expect(await ask(world, "docker inspect -f '{{.State.StartedAt}}' web")).toBe(started);
  const bare = (text: string): string => text.replaceAll(/^#.*|\[\d+:\d+\]/gm, "");
  expect(bare(await ask(world, "iptables-save"))).toBe(bare(rules));
});

test("an engine's options in front matter are its daemon.json", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: { bip: "10.9.0.1/24" } } } });
  expect(await ask(world, "cat /etc/docker/daemon.json")).toBe('{\n  "bip": "10.9.0.1/24"\n}\n');
  await ask(world, "systemctl restart docker");
  expect(await ask(world, "ip -4 -br addr show docker0 | tr -s ' '")).toBe("docker0 DOWN 10.9.0.1/24 \n");
});

test("a file that is a directory, or has null for a pool, keeps the engine from starting in dockerd's words", async () => {
  const world = labWorld(HOSTS);
  const cases = [
    [
      "mkdir /etc/docker/daemon.json",
      "unable to configure the Docker daemon with file /etc/docker/daemon.json: read /etc/docker/daemon.json: is a directory",
      "rmdir /etc/docker/daemon.json",
    ],
    [
      `echo '{"default-address-pools": [null]}' > /etc/docker/daemon.json`,
      "panic: runtime error: invalid memory address or nil pointer dereference",
      "rm /etc/docker/daemon.json",
    ],
  ] as const;
  for (const [wrong, words, again] of cases) {
    expect(await ask(world, wrong)).toBe("");
    expect(await world.type("host", "systemctl restart docker")).toMatchObject({
      output: JOB_FAILED,
      status: 1,
    });
    expect(await ask(world, "journalctl -u docker | grep dockerd | tail -1 | cut -d: -f4-")).toBe(
      ` ${words}\n`,
    );
    await ask(world, again);
  }
  // One that leads nowhere is not there.
  expect(
    await world.type("host", "ln -s /nowhere /etc/docker/daemon.json; systemctl restart docker"),
  ).toMatchObject({ output: "", status: 0 });
});

test("a block of default pools may hold millions of them, and no block at all means the usual ones", async () => {
  const world = labWorld(HOSTS);
  const subnets = (names: string): Promise<string> =>
    ask(world, `docker network inspect -f '{{range .IPAM.Config}}{{.Subnet}}{{end}}' ${names}`);
  await ask(
    world,
    `echo '{"default-address-pools": [{"base": "0.0.0.0/0", "size": 30}]}' > /etc/docker/daemon.json; systemctl restart docker`,
  );
  await ask(world, "docker network create n1; docker network create n2");
  expect(await subnets("n1 n2")).toBe("0.0.0.0/30\n0.0.0.4/30\n");
  await ask(
    world,
    `docker network rm n1 n2; echo '{"default-address-pools": []}' > /etc/docker/daemon.json; systemctl restart docker`,
  );
  await ask(world, "docker network create n1");
  expect(await subnets("n1")).toBe("172.18.0.0/16\n");
});
