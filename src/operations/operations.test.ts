import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { World } from "../sim/world.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";
import { standardToolbox } from "./standard-toolbox.ts";

test("a command is parsed, applied, and remembered as the cause", () => {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "a");
  const context = new OperationContext(standardToolbox(), host.root, "ip l s lo up");
  const run = (line: string): unknown => runTool("ip", line.split(" "), context);
  expect(run("l s lo up")).toEqual({ stdout: "", stderr: "", status: 0 });
  expect(host.root.loopback.up).toBe(true);
  const route = world.registry.records.find((r) => r.kind === "route")!;
  expect(route.history[0]!.cause).toMatchObject({
    by: "operation",
    text: "ip link set lo up",
    line: "ip l s lo up",
  });
  expect(run("netns add n")).toEqual({ stdout: "", stderr: "", status: 0 });
  expect(run("-n n link set lo up")).toEqual({ stdout: "", stderr: "", status: 0 });
  expect(host.namespaces.get("n")!.loopback.up).toBe(true);
  expect(run("-n q link set lo up")).toEqual({
    stdout: "",
    stderr: 'Cannot open network namespace "q": No such file or directory\n',
    status: 255,
  });
});
