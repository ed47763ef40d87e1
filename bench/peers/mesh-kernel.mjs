// The routing mesh on the real kernel: network namespaces of our own, and the very commands that build ours.
import { execFileSync } from "node:child_process";
import { MACHINES, meshCommands, NAMESPACES } from "../mesh/commands.mjs";

const all = [...Object.keys(MACHINES), ...Object.keys(NAMESPACES)];

/** Builds it in namespaces `PREFIX-ex`, `PREFIX-a` ... and `PREFIX-sw`, the switch. @throws when a command does */
export function meshUp(prefix) {
  const name = (where) => `${prefix}-${where}`;
  const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: ["ignore", "ignore", "pipe"] });
  const at = (where, command) => run("ip", "netns", "exec", name(where), ...command.split(" "));
  for (const where of ["sw", ...all]) run("ip", "netns", "add", name(where));
  at("sw", "ip link add br0 type bridge");
  at("sw", "ip link set br0 up");
  for (const [machine, address] of Object.entries(MACHINES)) {
    at("sw", `ip link add p-${machine} type veth peer name eth0 netns ${name(machine)}`);
    at("sw", `ip link set p-${machine} master br0 up`);
    at(machine, "ip link set lo up");
    at(machine, `ip addr add ${address}/16 dev eth0`);
    at(machine, "ip link set eth0 up");
  }
  for (const [where, command] of meshCommands(name)) at(where, command);
}

export function meshDown(prefix) {
  for (const where of ["sw", ...all])
    try {
      execFileSync("ip", ["netns", "delete", `${prefix}-${where}`], { stdio: "ignore" });
    } catch {
      // It was never made.
    }
}
