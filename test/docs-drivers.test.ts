import { readFileSync } from "node:fs";
import ts from "typescript";
import { expect, test } from "vitest";
import { DaemonError } from "../src/docker/api/daemon-error.ts";
import type { IpamDriver } from "../src/docker/network/ipam/ipam-driver.ts";
import { NetworkController } from "../src/docker/network/network-controller.ts";
import type { NetworkDriver } from "../src/docker/network/network-driver.ts";
import { lab } from "../src/library/lab.ts";
import { labWorld } from "./helpers/lab-world.ts";
import { networkRequest } from "./helpers/network-request.ts";

const page = readFileSync(new URL("../docs/drivers.md", import.meta.url), "utf8");

/** What a function that the page shows makes. */
function documented<T>(name: string): () => T {
  const block = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].find(([, code]) =>
    code!.includes(`function ${name}(`),
  )!;
  const source = block[1]!.replace(/^import .*$/gm, "");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  return new Function("DaemonError", `${outputText}; return ${name};`)(DaemonError) as () => T;
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
        drivers: [documented<NetworkDriver>("tunnelDriver")],
      }),
  );
  const keys = engines.map((engine, n) => {
    const Config = [
      { Subnet: "10.5.0.0/24", IPRange: n === 0 ? "10.5.0.0/25" : "10.5.0.128/25", Gateway: "10.5.0.1" },
    ];
    const IPAM = { Driver: "default", Options: {}, Config };
    const Options = { remotes: n === 0 ? "172.10.0.16" : "172.10.0.15" };
    engine.networkCreate(networkRequest("wide", { Driver: "tunnel", IPAM, Options }));
    const sandbox = engine.createSandbox({
      containerId: `${n}`.repeat(64),
      containerName: `c${n}`,
      hostname: "c",
      domainname: "",
      mode: "own",
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
    engine.populate(sandbox);
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

test("the IPAM driver of docs/drivers.md gives no address twice", async () => {
  const hosts = { a: { address: "172.10.0.15", docker: true } };
  const world = lab({ hosts }, { ipamDrivers: [documented<IpamDriver>("onceOnly")] });
  const said = async (line: string): Promise<string> => {
    const { stdout, stderr } = await world.host("a").run(line);
    return (stdout + stderr).trim();
  };
  expect(await said("docker network create --ipam-driver once x")).toBe(
    "Error response from daemon: the IPAM driver once needs a --subnet",
  );
  await said("docker network create --ipam-driver once --subnet 10.9.0.0/29 x");
  expect(await said("docker network inspect -f '{{json .IPAM}}' x")).toBe(
    '{"Driver":"once","Options":{},"Config":[{"Subnet":"10.9.0.0/29"}]}',
  );
  const run = "docker run --rm --network x alpine hostname -i";
  for (const last of [2, 3, 4, 5, 6]) expect(await said(run)).toBe(`10.9.0.${last}`);
  expect(await said(run)).toMatch(/no available IPv4 addresses on this network's address pools: x/);
  expect(await said("docker network rm x")).toBe("x");
  expect(await said("ip -br link show type bridge | wc -l")).toBe("1");
});

test("an IPAM driver that nobody has is a plugin that is not there, and null has nothing for a bridge", async () => {
  const world = labWorld({ hosts: { a: { address: "172.10.0.15", docker: true } } });
  const said = async (line: string): Promise<string> => (await world.type("a", line)).output;
  expect(await said("docker network create --ipam-driver nosuch x")).toBe(
    'Error response from daemon: plugin "nosuch" not found\n',
  );
  for (const driver of ["bridge", "macvlan", "ipvlan"])
    expect(await said(`docker network create -d ${driver} --ipam-driver null x`)).toBe(
      "Error response from daemon: ipv4 pool is empty\n",
    );
  expect(await said("docker network ls -q | wc -l")).toBe("3\n");
});
