import { expect, test } from "vitest";
import { Prng } from "../src/base/prng.ts";
import type { Journey, JourneyStep } from "../src/scenario/lesson-world.ts";
import { MeshLesson } from "./helpers/mesh-lesson.ts";

const HOSTS = { a: "172.10.0.15", b: "172.10.0.17", c: "172.10.0.33" } as const;
const TASKS: ReadonlyMap<string, string> = new Map([
  ["I'm bc367daeebb3", "b/web"],
  ["I'm b1cc8873e3a7", "c/web"],
]);
const SPACES = Object.keys(HOSTS)
  .flatMap((host) => [host, `${host}/ingress_sbox`, `${host}/web`])
  .filter((at) => at !== "a/web");
/** The rules that journeys name: those that let a packet go or change it. */
const DECIDES = /-j (ACCEPT|DNAT|SNAT|MARK|REDIRECT|MASQUERADE)\b/;

/** One request: from which of the client's ports which host was asked. */
interface Request {
  readonly port: number;
  readonly address: string;
}

/**
 * A mesh in which many clients ask at the same time, tasks are taken out of the turn and put back, and in half of the
 * runs the wire of `a` loses packets.
 */
async function randomTraffic(seed: number): Promise<{ mesh: MeshLesson; requests: Request[] }> {
  const chance = new Prng(seed).fork("traffic");
  const mesh = new MeshLesson(seed);
  await mesh.runToFirstRequest();
  if (seed % 2 === 0) await mesh.ask("a", "tc qdisc add dev eth0 root netem loss 15%");
  const requests: Request[] = [];
  for (let n = 0; n < 14; n++) {
    const host = pick(chance, Object.keys(HOSTS)) as keyof typeof HOSTS;
    const port = 40_000 + n;
    requests.push({ port, address: HOSTS[host] });
    const ask = `curl -sS -m 60 --local-port ${port} http://${HOSTS[host]}:8080/ > /tmp/said-${port} 2>&1 &`;
    await mesh.ask("client", `${ask} sleep ${pick(chance, ["0", "0.0001", "0.0003", "0.01"])}`);
    if (chance.below(3) === 0) {
      const where = pick(chance, Object.keys(HOSTS));
      const service = `-f ${where === "a" ? 256 : 257} -r ${pick(chance, ["10.0.0.6", "10.0.0.7"])}:0`;
      await mesh.ask(`${where}/ingress_sbox`, `ipvsadm -e ${service} -m -w ${chance.below(3) === 0 ? 0 : 1}`);
    }
  }
  // Statistics of IPVS are read every two seconds.
  await mesh.ask("client", "sleep 100");
  return { mesh, requests };
}

function pick<T>(chance: Prng, from: readonly T[]): T {
  return from[chance.below(from.length)]!;
}

/** The steps of all packets at a place, of one verdict. */
function stepsAt(journeys: readonly Journey[], place: string, verdict: string): JourneyStep[] {
  return journeys.flatMap(({ steps }) =>
    steps.filter((step) => step.place === place && step.verdict === verdict),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

const SEEDS = [1, 2, 3, 4, 5, 6];

type Traffic = Awaited<ReturnType<typeof randomTraffic>>;
const runs = new Map<number, Promise<Traffic>>();

/** The traffic of a seed; both properties are asked of the same. */
function traffic(seed: number): Promise<Traffic> {
  const known = runs.get(seed) ?? randomTraffic(seed);
  runs.set(seed, known);
  return known;
}

test.each(SEEDS)("D7 every connection reaches exactly one task and stays there (seed %i)", async (seed) => {
  const { mesh, requests } = await traffic(seed);
  const journeys = mesh.world.questions.journeys(0);
  let answered = 0;
  for (const { port, address } of requests) {
    const packets = journeys.filter(({ summary }) =>
      summary.startsWith(`IP 172.10.0.100.${port} > ${address}.8080:`),
    );
    const reached = packets.flatMap(({ steps }) =>
      steps
        .filter(({ verdict, place }) => verdict === "delivered" && place !== "client")
        .map(({ place }) => place),
    );
    expect(new Set(reached).size, `port ${port} reaches ${[...new Set(reached)]}`).toBe(1);
    const said = (await mesh.ask("client", `cat /tmp/said-${port}`)).trim();
    if (said.startsWith("curl: ")) continue;
    answered++;
    expect(TASKS.get(said), `port ${port} was told ${said}`).toBe(reached[0]);
  }
  expect(answered).toBeGreaterThan(requests.length / 2);
});

test.each(SEEDS)("D7 counters of rules and of IPVS agree with the journeys (seed %i)", async (seed) => {
  const { mesh } = await traffic(seed);
  const journeys = mesh.world.questions.journeys(0);
  let compared = 0;
  for (const place of SPACES) {
    const matched = stepsAt(journeys, place, "matched");
    let table = "";
    for (const line of (await mesh.ask(place, "iptables-save -c")).split("\n")) {
      if (line.startsWith("*")) table = line.slice(1);
      const [, packets, bytes, rule] = /^\[(\d+):(\d+)\] (-A .*)$/.exec(line) ?? [];
      if (rule === undefined || !DECIDES.test(rule)) continue;
      const by = matched.filter(({ entry }) => entry === `-t ${table} ${rule}`);
      const counted = { place, rule, packets: Number(packets), bytes: Number(bytes) };
      expect({ place, rule, packets: by.length, bytes: sum(by.map(({ length }) => length)) }).toEqual(
        counted,
      );
      if (by.length > 0) compared++;
    }
    if (!place.endsWith("ingress_sbox")) continue;
    const [, service] = /^FWM +\d+ +(.*)$/m.exec(await mesh.ask(place, "ipvsadm -Ln --stats --exact"))!;
    const into = stepsAt(journeys, place, "dispatched");
    const out = stepsAt(journeys, place, "returned");
    const bytes = (steps: readonly JourneyStep[]): number => sum(steps.map(({ length }) => length));
    const scheduled = stepsAt(journeys, place, "scheduled");
    expect(service!.trim().split(/ +/).map(Number), place).toEqual([
      scheduled.length,
      into.length,
      out.length,
      bytes(into),
      bytes(out),
    ]);
  }
  // A mesh that nothing passes would agree as well.
  expect(compared).toBeGreaterThan(15);
});
