import fc from "fast-check";
import { expect, test } from "vitest";
import { Consistency } from "./helpers/docker-consistency.ts";
import { labWorld } from "./helpers/lab-world.ts";

const container = fc.constantFrom("c0", "c1", "c2", "c3", "nosuch");
const network = fc.constantFrom("na", "nb", "closed", "shy", "vlan", "bridge", "host", "none", "nosuch");
const port = fc.constantFrom("-p 7000:80 ", "-p 7001:80 ", "-p 80 ", "-P ", "-p 7002:53/udp ", "");
const place = fc.oneof(
  { weight: 8, arbitrary: network.map((name) => `--network ${name} `) },
  { weight: 2, arbitrary: container.map((name) => `--network container:${name} `) },
  { weight: 2, arbitrary: container.map((name) => `--link ${name}:friend `) },
  { weight: 1, arbitrary: fc.constantFrom("--network na --ip 10.7.0.9 ", "--network na --ip 10.8.0.9 ") },
);
const life = fc.constantFrom("", "--restart always ", "--restart on-failure:1 ", "--rm ");
const program = fc.constantFrom(
  "alpine sleep 1000",
  "nginx",
  "alpine false",
  "alpine nosuch",
  "alpine sleep 2",
);
const one = (verbs: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...verbs), container).map(([verb, name]) => `docker ${verb} ${name}`);

const NETWORKS: Readonly<Record<string, string>> = {
  na: "--subnet 10.7.0.0/24 na",
  nb: "nb",
  closed: "--internal closed",
  shy: "-o com.docker.network.bridge.enable_icc=false shy",
  vlan: "-d macvlan -o parent=eth0.7 vlan",
  bridge: "bridge",
  host: "host",
  none: "-d nosuch none",
  nosuch: "--subnet 10.7.0.0/33 nosuch",
};

/** What somebody may type, sensible or not. */
const line: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom("run -d", "run -d", "create"), container, life, place, port, program)
      .map(([verb, name, ...rest]) => `docker ${verb} --name ${name} ${rest.join("")}`),
  },
  {
    weight: 6,
    arbitrary: one(["start", "stop -t 1", "kill", "kill -s HUP", "restart -t 0", "pause", "unpause"]),
  },
  { weight: 3, arbitrary: one(["rm", "rm -f", "inspect nosuch", "port", "top", "wait nosuch", "logs"]) },
  { weight: 2, arbitrary: network.map((name) => `docker network create ${NETWORKS[name]}`) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom("connect", "connect --alias x", "disconnect", "disconnect -f"),
        network,
        container,
      )
      .map(([verb, on, name]) => `docker network ${verb} ${on} ${name}`),
  },
  { weight: 2, arbitrary: network.map((name) => `docker network rm ${name}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "docker network prune -f",
      "docker container prune -f",
      "docker system prune -f",
      "docker ps -a",
      "docker network ls",
      "systemctl restart docker",
    ),
  },
  { weight: 1, arbitrary: fc.tuple(container, container).map(([a, b]) => `docker rename ${a} ${b}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom("--restart always", "--restart no", "--memory 1m"), container)
      .map(([change, name]) => `docker update ${change} ${name}`),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        container,
        fc.constantFrom("ip route", "ping -c 1 -w 1 c0", "wget -qO- -T 1 c1", "nosuch", "kill 1"),
      )
      .map(([name, words]) => `docker exec ${name} ${words}`),
  },
  { weight: 2, arbitrary: fc.constantFrom("sleep 0.3", "sleep 3", "sleep 90") },
);

/** Types the lines and looks at the host after each; the whole text. */
async function story(lines: readonly string[]): Promise<string> {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const consistency = await Consistency.of(world);
  let text = "";
  for (const typed of [...lines, "docker rm -f $(docker ps -aq)", "docker network prune -f"]) {
    const { output, status } = await world.type("host", typed);
    text += `$ ${typed}\n${output}[${status}]\n`;
    expect(consistency.faults(), text).toEqual([]);
  }
  expect(await consistency.leftOvers(), text).toEqual([]);
  expect(world.accounts(), text).toEqual([]);
  return text;
}

test("A10 whatever docker commands are typed, the host is what they say after each, and the same lines give the same text", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 8, maxLength: 25 }), async (lines) => {
      expect(await story(lines)).toBe(await story(lines));
    }),
    { numRuns: 15 },
  );
});
