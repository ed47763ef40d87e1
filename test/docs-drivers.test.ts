import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { NetworkController } from "../src/docker/network/network-controller.ts";
import type { NetworkDriver } from "../src/docker/network/network-driver.ts";
import { labWorld } from "./helpers/lab-world.ts";

const page = readFileSync(new URL("../docs/drivers.md", import.meta.url), "utf8");

/** The driver that the page shows. */
function documentedDriver(): () => NetworkDriver {
  const source = /^```ts\n([\s\S]*?)^```$/m.exec(page)![1]!.replace(/^import .*$/gm, "");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  return new Function(`${outputText}; return tunnelDriver;`)() as () => NetworkDriver;
}

test("the driver of docs/drivers.md joins the containers of two hosts", async () => {
  const world = labWorld({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
  const engines = ["a", "b"].map(
    (name) =>
      new NetworkController({
        host: world.lab.host(name),
        toolbox: world.toolbox,
        processes: { start: () => ({ kill: () => {} }) },
        resolvConf: () => "",
        drivers: [documentedDriver()],
      }),
  );
  const keys = engines.map((engine, n) => {
    const Config = [
      { Subnet: "10.5.0.0/24", IPRange: n === 0 ? "10.5.0.0/25" : "10.5.0.128/25", Gateway: "10.5.0.1" },
    ];
    engine.networkCreate({
      Name: "wide",
      CheckDuplicate: true,
      Driver: "tunnel",
      Internal: false,
      Attachable: false,
      Ingress: false,
      EnableIPv6: false,
      IPAM: { Driver: "default", Options: {}, Config },
      Options: { remotes: n === 0 ? "172.10.0.16" : "172.10.0.15" },
      Labels: {},
    });
    const sandbox = engine.createSandbox({
      containerId: `${n}`.repeat(64),
      containerName: `c${n}`,
      hostname: "c",
      domainname: "",
      mode: "own",
      sysctls: {},
      dns: [],
      dnsSearch: [],
      dnsOptions: [],
      extraHosts: [],
    });
    engine.connect(sandbox, "wide", {
      containerId: `${n}`.repeat(64),
      containerName: `c${n}`,
      settings: {},
      macAddress: null,
      exposed: [],
      bindings: {},
      publishAll: false,
    });
    return sandbox;
  });
  const { IPAddress } = keys[1]!.endpoints.get("wide")!;
  expect(IPAddress).toBe("10.5.0.128");
  const ping = await world.type("a", `nsenter --net=${keys[0]!.key} ping -c 1 -s 1400 ${IPAddress}`);
  expect(ping.output).toContain("1 received");
  expect(world.ask("a", "bridge link")).toMatch(/master tb-[0-9a-f]{12}/);
  engines.forEach((engine, n) => {
    engine.deleteSandbox(keys[n]!);
    engine.networkRemove("wide");
  });
  expect(world.ask("a", "ip link")).not.toMatch(/t[bx]-/);
  expect(world.ask("a", "iptables-save")).not.toMatch(/tb-/);
});
