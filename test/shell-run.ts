/**
 * A program of its own, run by `shell-determinism.test.ts`: prints every piece of output with its instant. With the
 * argument `warm` everything was loaded and used before; with `slow` every tool takes its time, each
 * another.
 */
import { Host } from "../src/net/host.ts";
import { Kernel } from "../src/net/kernel.ts";
import { CommandTable } from "../src/shell/command.ts";
import { Machine } from "../src/shell/machine.ts";
import { Shell } from "../src/shell/shell.ts";
import { World } from "../src/sim/world.ts";

const LINES: readonly string[] = [
  "for i in 1 2 3; do (sleep 0.00$i; echo $i | sed s/^/a/; date +%N | cut -c1-6) & done; seq 5 | grep -c .; wait",
  "(for i in 1 2 3; do echo x$i | awk '{print $1, NR}'; sleep 0.001; done) & for j in 1 2 3; do echo y$j | tr y z; sleep 0.001; done; wait",
  "echo $RANDOM $! $$; mktemp; echo b a | xargs -n1 | sort | tee f | md5sum; ls -l f; jobs",
  "f() { echo in $1 | rev; }; f a & f b & f c; wait; echo '{\"a\":[1,2]}' | jq -c .a",
  "sleep 1 | cat & head -1 /etc/nothing; kill %1; wait; printf 'b\\na\\n' | sort; stat -c %s f; find / -name f",
];

async function run(print: (text: string) => void): Promise<void> {
  const world = new World(7);
  const machine = new Machine({ host: new Host(world, new Kernel(), "a"), commands: new CommandTable() });
  const shell = new Shell(machine, {
    onPiece: (piece) => print(`${world.now} ${piece.stream} ${JSON.stringify(piece.text)}\n`),
  });
  for (const line of LINES) {
    const result = await shell.type(line);
    print(`${world.now} status ${result.status}\n`);
  }
}

const mode: string = process.argv[2] ?? "";
if (mode === "warm") {
  await run(() => undefined);
  await run(() => undefined);
}
if (mode === "slow") {
  const { Bash } = await import("just-bash");
  const exec = Bash.prototype.exec;
  let count = 0;
  Bash.prototype.exec = async function (...args) {
    await new Promise((resolve) => setTimeout(resolve, (count++ * 7) % 20));
    return await exec.apply(this, args);
  };
}
await run((text) => process.stdout.write(text));
