import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseFile } from "../src/scenario/parse-file.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";
import { labWorld } from "./helpers/lab-world.ts";

const folder = new URL("./programs/", import.meta.url).pathname;

function parse(name: string, text: string) {
  const parsed = parseFile(name, text);
  if (!parsed.ok) throw parsed.errors[0];
  return parsed.value;
}

// The same texts are typed on the real kernel by test/kernel/lessons.test.ts.
test.each(readdirSync(folder).sort())("%s: each program says what the real one says", async (file) => {
  const lesson = parse(file, readFileSync(join(folder, file), "utf8"));
  const world = new LabWorld(new Lab(lesson.topology, { seed: 1 }));
  const result = await runLesson(lesson, world, 1);
  const failed = result.steps.filter((step) => step.problems.length > 0);
  expect(failed.map((step) => `${step.place.file}:${step.place.line}\n${step.problems.join("\n")}`)).toEqual(
    [],
  );
  expect(result.accounts).toEqual([]);
});

// Recorded of dig and nslookup 9.18.49, getent of glibc 2.36 and busybox 1.35.0, which asked dnsmasq 2.90. No real kernel
// is asked again: it would have to change its own resolv.conf.
test("names/clients.md: each client of a name server says what the real one said", async () => {
  const file = new URL("./names/clients.md", import.meta.url).pathname;
  const lesson = parse("clients.md", readFileSync(file, "utf8"));
  const result = await runLesson(lesson, new LabWorld(new Lab(lesson.topology, { seed: 1 })), 1);
  const failed = result.steps.filter((step) => step.problems.length > 0);
  expect(failed.map((step) => `${step.place.line}\n${step.problems.join("\n")}`)).toEqual([]);
});

function slowWorld(): LabWorld {
  return labWorld({ hosts: { a: "10.1.0.2", b: "10.1.0.3" }, wires: [{ from: "a", delay: "5ms" }] });
}

test("a round trip takes the virtual time of its wires", async () => {
  const world = slowWorld();
  await world.type("a", "ping -c 1 10.1.0.3"); // ARP first
  const { output } = await world.type("a", "ping -c 2 -i 0.5 10.1.0.3");
  expect(output).toBe(
    "PING 10.1.0.3 (10.1.0.3) 56(84) bytes of data.\n" +
      "64 bytes from 10.1.0.3: icmp_seq=1 ttl=64 time=10.0 ms\n" +
      "64 bytes from 10.1.0.3: icmp_seq=2 ttl=64 time=10.0 ms\n\n" +
      "--- 10.1.0.3 ping statistics ---\n" +
      "2 packets transmitted, 2 received, 0% packet loss, time 500ms\n" +
      "rtt min/avg/max/mdev = 10.000/10.000/10.000/0.000 ms\n",
  );
  const arping = await world.type("a", "arping -c 1 -I eth0 10.1.0.3 | grep -o '10.000ms'");
  expect(arping.output).toBe("10.000ms\n");
  const traceroute = await world.type("a", "traceroute -n -q 1 10.1.0.3 | tail -1");
  expect(traceroute.output).toBe(" 1  10.1.0.3  10.000 ms\n");
});

test("an echo request has the bytes of the real one: DF, the time in the data, then counting bytes", async () => {
  const world = slowWorld();
  await world.type("a", "ping -c 1 10.1.0.3");
  const { output } = await world.type(
    "a",
    "(sleep 0.5; ping -c 1 10.1.0.3 >/dev/null) & tcpdump -n -t -v -x -c 1 -i eth0 icmp 2>/dev/null",
  );
  expect(output).toMatch(
    /^IP \(tos 0x0, ttl 64, id \d+, offset 0, flags \[DF\], proto ICMP \(1\), length 84\)\n {4}10\.1\.0\.2 > 10\.1\.0\.3: ICMP echo request, id \d+, seq 1, length 64\n/,
  );
  const bytes = output.replace(/^(?!\t).*\n/gm, "").replaceAll(/\t0x[0-9a-f]{4}:|\s/g, "");
  // 2026-01-01 00:00:00.5 and what came before, little-endian: 16 bytes behind the two headers.
  expect(bytes.slice(56, 64)).toMatch(/^[0-9a-f]{2}b95569$/);
  expect(bytes.slice(88)).toBe(
    "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637",
  );
});

test("a capture of one device holds what crossed it, and makes the device promiscuous meanwhile", async () => {
  const world = slowWorld();
  const device = world.lab.device("a/eth0");
  await world.type("a", "tcpdump -i eth0 -w x.pcap 2>/dev/null &");
  world.lab.advance(1e6);
  expect(device.promiscuity).toBe(1);
  await world.type("a", "ping -c 1 10.1.0.3 >/dev/null; sleep 1; kill %1; wait");
  expect(device.promiscuity).toBe(0);
  const { output } = await world.type("a", "tcpdump -t -n -r x.pcap 2>/dev/null");
  expect(output.replaceAll(/id \d+/g, "id N")).toBe(
    "ARP, Request who-has 10.1.0.3 tell 10.1.0.2, length 28\n" +
      "ARP, Reply 10.1.0.3 is-at 52:54:00:01:00:03, length 28\n" +
      "IP 10.1.0.2 > 10.1.0.3: ICMP echo request, id N, seq 1, length 64\n" +
      "IP 10.1.0.3 > 10.1.0.2: ICMP echo reply, id N, seq 1, length 64\n",
  );
});

test("a flood takes virtual time, so that it ends at its deadline", async () => {
  const { output } = await slowWorld().type("a", "ping -q -f -w 1 10.1.0.3 | tail -2 | head -1");
  // The answer of the last one comes too late.
  expect(output).toMatch(
    /^1\d\d packets transmitted, 1?\d\d received, [\d.]+% packet loss, time (99\d|100\d)ms\n$/,
  );
});

test("nc is refused by a closed port over a slow wire; routes are not traced with TCP", async () => {
  const world = slowWorld();
  expect(await world.type("a", "nc -v -w 5 10.1.0.3 80")).toMatchObject({
    output: "nc: connect to 10.1.0.3 port 80 (tcp) failed: Connection refused\n",
    status: 1,
  });
  expect(await world.type("a", "traceroute -T 10.1.0.3")).toMatchObject({
    output: "traceroute: TCP is not simulated\n",
    status: 2,
  });
});
