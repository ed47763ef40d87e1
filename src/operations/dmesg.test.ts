import { expect, test } from "vitest";
import { Host } from "../net/host.ts";
import { Kernel } from "../net/kernel.ts";
import { World } from "../sim/world.ts";
import { OperationContext } from "./operation-context.ts";
import { runTool } from "./run-tool.ts";
import { standardToolbox } from "./standard-toolbox.ts";

/** The wording of the refusals is that of dmesg of util-linux 2.38. */
test("dmesg: the time, the ring, and what is not simulated", () => {
  const host = new Host(new World(1), new Kernel(), "a");
  const context = new OperationContext(standardToolbox(), host.root);
  const dmesg = (...args: string[]) => {
    const { stdout, stderr, status } = runTool("dmesg", args, context);
    return [stdout, stderr, status];
  };
  host.log.write(0, 6, "eth0: link up");
  expect(dmesg()).toEqual(["[    0.000000] eth0: link up\n", "", 0]);
  expect(dmesg("-tk", "--nopager")).toEqual(["eth0: link up\n", "", 0]);
  expect(dmesg("-T")[0]).toMatch(/^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] eth0: link up\n$/);
  expect(dmesg("-H")).toEqual(["", "dmesg: -H is not simulated\n", 1]);
  const tip = "Try 'dmesg --help' for more information.\n";
  expect(dmesg("-z")).toEqual(["", `dmesg: invalid option -- 'z'\n${tip}`, 1]);
  expect(dmesg("--zz")).toEqual(["", `dmesg: unrecognized option '--zz'\n${tip}`, 1]);
  expect(dmesg("-tc")).toEqual(["eth0: link up\n", "", 0]);
  expect(dmesg()).toEqual(["", "", 0]);
});
