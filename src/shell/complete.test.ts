import { expect, test } from "vitest";
import { Lab } from "../lab/lab.ts";
import { PLAIN_CPU } from "../lab/topology.ts";
import { OperationContext } from "../operations/operation-context.ts";
import { runTool } from "../operations/run-tool.ts";
import { standardToolbox } from "../operations/standard-toolbox.ts";
import { CommandTable } from "./command.ts";
import { registerTools } from "./commands/network-tools.ts";
import { registerPrograms } from "./commands/programs.ts";
import { type CompletionWorld, complete } from "./complete.ts";
import { Machine } from "./machine.ts";
import { mountKernelTrees } from "./mounts.ts";
import { readUnfinished } from "./unfinished-line.ts";

/** A host with a bridge br0, a namespace `blue` with a device inside0, and a few files. */
function completionWorld(): CompletionWorld {
  const only = { name: "a", router: false, nics: [], gateway: null, cpu: PLAIN_CPU };
  const host = new Lab({ hosts: [only], switches: [], trunks: [] }).host("a");
  const toolbox = standardToolbox();
  const commands = new CommandTable();
  registerTools(commands, toolbox);
  registerPrograms(commands);
  commands.register("teapot", () => 0, {
    complete: (args) =>
      args.at(-2) === "--in" ? { words: [], values: ["device"] } : { words: ["--in", "--hot"], values: [] },
  });
  const context = new OperationContext(toolbox, host.root);
  for (const line of [
    "link add br0 type bridge",
    "netns add blue",
    "netns add black",
    "-n blue link add inside0 type dummy",
  ])
    expect(runTool("ip", line.split(" "), context)).toMatchObject({ status: 0, stderr: "" });
  const machine = new Machine({ host, commands });
  mountKernelTrees(machine.files);
  const files = machine.files.view(host.root);
  files.makeDirectory("/root/notes", true);
  files.write("/root/notes/one.txt", "");
  files.write("/root/with blank", "");
  files.write("/root/.hidden", "");
  return {
    commands,
    defined: ["greet"],
    variables: ["HOME", "HOSTS"],
    namespace: host.root,
    cwd: "/root",
    home: "/root",
    machines: ["a", "b"],
    files: (namespace) => machine.files.view(namespace),
  };
}

const world = completionWorld();

function tab(line: string): readonly string[] {
  return complete(line, line.length, world).candidates;
}

test.each([
  ["ip l", ["link "]],
  ["ip netns e", ["exec "]],
  ["ip -n ", ["black ", "blue "]],
  ["ip netns exec ", ["black ", "blue "]],
  ["ip netns exec blue tracer", ["traceroute "]],
  ["ip netns exec blue ip link set i", ["inside0 "]],
  ["ip -n blue link show dev ", ["inside0 ", "lo "]],
  ["ip link set br0 up && ip link del b", ["br0 "]],
  ["ip link set br0 master ", ["br0 ", "lo "]],
  ["ip link set br0 netns b", ["black ", "blue "]],
  ["ip link add x type v", ["veth ", "vlan ", "vxlan "]],
  ["ip link add x type vxlan nole", ["nolearning "]],
  ["ip link add b", ["brd ", "broadcast "]],
  ["ip link set ", ["br0 ", "lo "]],
  ["ip link set d", ["dev ", "down ", "dynamic "]],
  ["ip route add d", ["default ", "dev ", "dsfield "]],
  ["ip route add default scope l", ["link "]],
  ["bridge f", ["fdb "]],
  ["bridge link set dev br0 learning o", ["off ", "on "]],
  ["tc q", ["qdisc "]],
  ["tc qdisc add dev l", ["lo "]],
  ["tc qdisc add dev lo root netem del", ["delay "]],
  ["sysctl -w net.ipv4.ip_defau", ["net.ipv4.ip_default_ttl "]],
  ["sysctl net.ipv4.conf.b", ["net.ipv4.conf.br0."]],
  ["sudo timeout 5 ip netns exec blue bri", ["bridge "]],
  ["for i in 1 2; do ip li", ["link "]],
  ["x=1 tracer", ["traceroute "]],
  ["echo $(ip li", ["link "]],
  ['echo "$(ip -br link)" $HO', ["HOME", "HOSTS"]],
  [`echo \${HOM`, ["HOME}"]],
  ["gree", ["greet "]],
  ["whi", ["which ", "while "]],
  ["ping lo", ["localhost "]],
  ["ping -I b", ["br0 "]],
  ["cat n", ["notes/"]],
  ["cat notes/", ["notes/one.txt "]],
  ["cat ~/no", ["~/notes/"]],
  ["cat wi", ["with\\ blank "]],
  ['cat "wi', ['"with blank" ']],
  ["cat .h", [".hidden "]],
  ["cd ", ["notes/"]],
  ["echo hi > notes/o", ["notes/one.txt "]],
  ["nsenter --net=/run/netns/bla", ["--net=/run/netns/black "]],
  ["teapot --h", ["--hot "]],
  ["teapot --in b", ["br0 "]],
  ["ip nonsense ", []],
  ["ip link set br0 mtu ", []],
  ["true # ip l", []],
  ["echo 'ip l", []],
] as const)("Tab after %j", (line, candidates) => {
  expect(tab(line)).toEqual(candidates);
});

test("the first word is any command, and what stands behind the cursor does not count", () => {
  for (const name of ["ip", "bridge", "tcpdump", "grep", "sleep", "cd", "export", "greet"])
    expect(tab("")).toContain(`${name} `);
  expect(complete("ip l show", 4, world)).toEqual({ from: 3, candidates: ["link "] });
});

test("completing asks and changes nothing: the parser is deaf again afterwards, and words with the mark are only wrong", () => {
  const table = standardToolbox();
  const context = new OperationContext(table, world.namespace);
  const before = runTool("ip", ["link", "x\u0000"], context);
  tab("ip link ");
  expect(runTool("ip", ["link", "x\u0000"], context)).toEqual(before);
  expect(before.stderr).toContain("is unknown");
  expect(table.applied).toEqual([]);
});

test("an unfinished line is read up to the cursor as bash reads it", () => {
  expect(readUnfinished(`a=1 2>log echo "x y" 'z`)).toEqual({
    words: ["echo", "x y"],
    word: "z",
    from: 21,
    quote: "'",
    redirected: false,
  });
  expect(readUnfinished("# one\nls ")).toMatchObject({ words: ["ls"], word: "" });
  expect(readUnfinished("x $(y z) w")).toMatchObject({ words: ["x", ""], word: "w" });
});
