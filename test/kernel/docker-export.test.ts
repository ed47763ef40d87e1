import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { exportScript } from "../../src/scenario/export-script.ts";
import { DockerHost } from "../helpers/docker-host.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
const QUESTIONS = ["ip -br addr", "ip route"];

/** What an engine did to its host, typed on a real Linux, makes the same rules, addresses and routes there. */
describe.skipIf(reason !== null)("the commands of an engine on the real kernel", IN_REAL_TIME, () => {
  test("bridges, published ports, internal networks, several networks, macvlan", () => {
    const docker = new DockerHost();
    docker.create("sample-net");
    docker.create("closed", { Internal: true });
    docker.create("shy", { Options: { "com.docker.network.bridge.enable_icc": "false" } });
    const binding = { HostIp: "", HostPort: "8080" };
    docker.run("c1", "bridge", { exposed: ["80/tcp"], bindings: { "80/tcp": [binding] } });
    docker.run("c2", "sample-net");
    docker.connect("c2", "closed");
    docker.connect("c2", "bridge");
    docker.networks.disconnect(docker.sandbox("c2"), "bridge");
    docker.create("mac", { Driver: "macvlan", subnet: "10.61.0.0/24", Options: { parent: "eth0" } });
    docker.run("m1", "mac");
    docker.run("gone", "shy");
    docker.stop("gone");
    const { lab, toolbox } = docker.world;
    const dir = mkdtempSync(join(tmpdir(), "overmesh-"));
    try {
      mkdirSync(join(dir, "bin"));
      for (const name of ["iptables", "iptables-save"])
        symlinkSync("/usr/sbin/xtables-legacy-multi", join(dir, "bin", name));
      const script = join(dir, "world.sh");
      writeFileSync(script, exportScript("an engine", lab.topology, toolbox.applied));
      const keys = ["c1", "c2", "m1"].map((name) => docker.sandbox(name).key);
      const inside = keys.flatMap((key) => QUESTIONS.map((question) => `nsenter --net=${key} ${question}`));
      // The kernel tells of a carrier that went up to a second later (net/core/link_watch.c).
      const real = execFileSync(
        "bash",
        [script, "host", ["sleep 2", "iptables-save", ...QUESTIONS, ...inside].join("; ")],
        {
          encoding: "utf8",
          timeout: 150_000,
          env: { ...process.env, PATH: `${join(dir, "bin")}:${process.env["PATH"]}` },
        },
      );
      const here = [
        docker.ask("iptables-save"),
        ...QUESTIONS.map((question) => docker.ask(question)),
        ...["c1", "c2", "m1"].flatMap((name) => QUESTIONS.map((question) => docker.ask(question, name))),
      ].join("");
      expect(comparable(real)).toEqual(comparable(here));
    } finally {
      rmSync(dir, { recursive: true });
    }
  }, 180_000);
});

/** Without counters and times; tables in one order, which depends on the kernel's age; the card is a veth there. */
function comparable(text: string): string[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/ \[\d+:\d+\]$/gm, "")
    .replaceAll("eth0@if3", "eth0");
  const tables = [...lines.matchAll(/^\*[\s\S]*?^COMMIT$/gm)].map((match) => match[0]);
  const rest = lines.replaceAll(/^\*[\s\S]*?^COMMIT\n/gm, "");
  return [...tables.sort(), ...rest.split("\n").map((line) => line.replaceAll(/ +/g, " "))];
}
