import { describe, expect, test } from "vitest";
import { addVeth } from "../link/veth.ts";
import { Host } from "../net/host.ts";
import * as inetAddress from "../net/inet-address.ts";
import { Kernel } from "../net/kernel.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Scope } from "../net/route-kind.ts";
import { UdpSocket } from "../net/udp-socket.ts";
import { standardToolbox } from "../operations/standard-toolbox.ts";
import type { Program } from "../sim/process.ts";
import { SECOND } from "../sim/time.ts";
import { World } from "../sim/world.ts";
import { COMMAND_TIME, CommandTable } from "./command.ts";
import { registerTools } from "./commands/network-tools.ts";
import type { MountedTree } from "./host-files.ts";
import { Machine } from "./machine.ts";
import { Shell, type ShellOptions } from "./shell.ts";

interface Bench {
  readonly world: World;
  readonly machine: Machine;
  readonly shell: Shell;
  readonly host: Host;
}

/** A /proc/sys of one file per namespace. */
function forwarding(): (namespace: NetworkNamespace) => MountedTree {
  const values = new Map<NetworkNamespace, string>();
  return (namespace) => ({
    list: (path) => (path === "" ? ["ip_forward"] : null),
    read: (path) => (path === "ip_forward" ? `${values.get(namespace) ?? "0"}\n` : null),
    write: (_path, text) => {
      if (!/^[01]\n?$/.test(text)) return "Invalid argument";
      values.set(namespace, text.trim());
      return null;
    },
  });
}

/** Prints a line each second for ever; on SIGINT it says how many and ends with 0. */
function ticker(
  out: (text: string) => void,
  onSignal: (handler: (signal: number) => boolean) => void,
  now: () => number,
): Program {
  let count = 0;
  let stopped = false;
  onSignal((signal) => {
    if (signal !== 2) return false;
    stopped = true;
    return true;
  });
  return (function* () {
    while (!stopped) {
      out(`tick ${++count}\n`);
      const until = now() + SECOND;
      while (now() < until && !stopped) yield { on: [], until: Math.min(until, now() + SECOND / 10) };
    }
    out(`${count} ticks\n`);
    return 0;
  })();
}

function bench(options: ShellOptions = {}): Bench {
  const world = new World(1);
  const host = new Host(world, new Kernel(), "a");
  host.root.loopback.setUp(true);
  const blue = host.addNamespace("blue");
  const commands = new CommandTable();
  registerTools(commands, standardToolbox());
  commands.register("where", (context) => {
    context.out(`${context.namespace.path} ${context.args.join("|")}\n`);
    return 0;
  });
  commands.register("both", (context) => {
    context.out("one\n");
    context.err("two\n");
    context.out("three\n");
    return 3;
  });
  commands.register("ticker", (context) => ticker(context.out, context.onSignal, () => world.now));
  commands.register("inside", (context) => context.run(context.args.slice(1), { namespace: blue }));
  commands.register(
    "count",
    (context) => {
      context.out(`${context.stdin.length}\n`);
      return 0;
    },
    { stdin: true },
  );
  commands.registerApplet("where", (context) => {
    context.out(`applet ${context.args.join("|")}\n`);
    return 0;
  });
  const machine = new Machine({ host, commands });
  machine.files.mount("/proc/sys/net/ipv4", forwarding());
  return { world, machine, shell: new Shell(machine, options), host };
}

/** Joins the host and its namespace blue: 10.9.0.1 and 10.9.0.2. */
function joined(host: Host): NetworkNamespace {
  const blue = host.namespaces.get("blue")!;
  const near = addVeth(host.root, "v0", {}, blue, "v1", {});
  for (const [i, device] of [near, near.peer!].entries()) {
    const address = 0x0a090001 + i;
    const rest = { broadcast: 0, scope: Scope.global, label: device.name, noprefixroute: false };
    inetAddress.add(device, { address, peer: address, prefixLength: 24, ...rest });
    device.setUp(true);
  }
  host.world.settle();
  return blue;
}

async function output(line: string, options: ShellOptions = {}): Promise<string> {
  return (await bench(options).shell.type(line)).output;
}

describe("a shell keeps what it knows from line to line:", () => {
  test("variables, arrays, functions, aliases, options, directory and status", async () => {
    const { shell } = bench();
    await shell.type(
      "x=1; a=(p q); f() { echo f $1 $x; }; shopt -s expand_aliases; alias hi='echo hi'; mkdir /d; cd /d; false",
    );
    expect((await shell.type("echo $? $x $a $PWD; f 2; hi there")).output).toBe(
      "1 1 p /d\nf 2 1\nhi there\n",
    );
    await shell.type("set -e");
    expect((await shell.type("false; echo not reached")).output).toBe("");
    expect(shell.ended).toBe(true);
  });

  test("jobs", async () => {
    const { shell } = bench();
    await shell.type("sleep 100 &");
    expect((await shell.type("jobs; kill %1; wait $!; echo $?; jobs")).output).toBe(
      "[1]+  Running                 sleep 100 &\n143\n",
    );
  });

  test("a shell that ended begins anew", async () => {
    const { shell } = bench();
    expect((await shell.type("x=1; exit 7")).status).toBe(7);
    expect((await shell.type("echo [$x]")).output).toBe("[]\n");
  });
});

describe("time is virtual:", () => {
  test("it stands still between lines, moves in sleep, and a command takes a millisecond", async () => {
    const { shell, world } = bench();
    await shell.type("x=1; echo $x");
    expect(world.now).toBe(0);
    await shell.type("where");
    expect(world.now).toBe(COMMAND_TIME);
    await shell.type("sleep 2.5");
    expect(world.now).toBe(COMMAND_TIME + 2.5 * SECOND);
    expect((await shell.type("date +%s.%N")).output).toBe("1767225602.501000000\n");
  });

  test("background jobs run while the line waits, in the order of events", async () => {
    expect(await output("(sleep 2; echo two) & (sleep 1; echo one) & sleep 3; echo three")).toBe(
      "one\ntwo\nthree\n",
    );
    expect(await output("for i in 3 1 2; do (sleep $i; echo $i) & done; wait; echo end")).toBe(
      "1\n2\n3\nend\n",
    );
  });

  test("a job's output shows with the line during which it was written", async () => {
    const { shell } = bench();
    expect((await shell.type("(echo now; sleep 1; echo later) &")).output).toBe("now\n");
    expect((await shell.type("echo second")).output).toBe("second\n");
    expect((await shell.type("sleep 2; echo third")).output).toBe("later\nthird\n");
  });

  test("time and timeout", async () => {
    expect(await output("time sleep 1.5")).toBe("\nreal\t0m1.500s\nuser\t0m0.000s\nsys\t0m0.000s\n");
    expect(await output("timeout 2.5 ticker; echo $?")).toBe("tick 1\ntick 2\ntick 3\n124\n");
    expect(await output("timeout -s INT 1.5 ticker; echo $?")).toBe("tick 1\ntick 2\n2 ticks\n124\n");
  });
});

describe("signals:", () => {
  test("a program sees them, or is ended by them", async () => {
    expect(await output("ticker > f & sleep 2.5; kill -INT $!; wait $!; echo $?; tail -1 f")).toBe(
      "0\n3 ticks\n",
    );
    expect(await output("ticker > f & sleep 2.5; kill $!; wait $!; echo $?; tail -1 f")).toBe(
      "143\ntick 3\n",
    );
    expect(await output("ticker > f & sleep 1.5; pkill ticker; wait; pgrep ticker; echo $?")).toBe("1\n");
  });

  test("pgrep counts, names and chooses; pkill counts and tells", async () => {
    const jobs = (line: string): Promise<string> => output(`ticker > f & sleep 9 & sleep 8 & ${line}`);
    expect(await jobs("pgrep -c 'sl|tick'; pgrep -c nobody; echo $?")).toBe("3\n0\n1\n");
    expect(await jobs("pgrep -fc 'sleep 9'; pgrep -x tick; echo $?; pgrep -ic SLEEP")).toBe("1\n1\n2\n");
    expect(await jobs("pgrep -l 'sl|tick' | sed 's/[0-9]*//'; pgrep -ld, sleep | tr -d 0-9")).toBe(
      " ticker\n sleep\n sleep\n sleep, sleep\n",
    );
    expect(await jobs("[ $(pgrep -n sleep) -gt $(pgrep -o sleep) ] && pkill -KILL -c sleep; pgrep a b")).toBe(
      "2\npgrep: only one pattern can be provided\nTry `pgrep --help' for more information.\n",
    );
    expect(await jobs("pgrep '('; echo $?; pkill '[z-a]'")).toBe(
      "pgrep: regex error: Unmatched ( or \\(\n2\npkill: regex error: Invalid range end\n",
    );
    expect(await output("pgrep; pgrep -q; pgrep -u root a; echo $?")).toBe(
      "pgrep: no matching criteria specified\nTry `pgrep --help' for more information.\n" +
        "pgrep: invalid option -- 'q'\nTry 'pgrep --help' for more information.\n" +
        "pgrep: overmesh: -u is not simulated\n2\n",
    );
  });

  test("a job that is killed before its first step gives its files back", async () => {
    expect(await output("{ sleep 5 & kill $!; } | cat; echo ended")).toBe("ended\n");
  });

  test("interrupt ends the line and leaves the jobs", async () => {
    const { shell } = bench();
    await shell.type("sleep 1000 &");
    const typed = shell.type("echo begin; ticker; echo not reached");
    const { machine } = shell;
    machine.world.after(1.5 * SECOND, () => shell.interrupt());
    const result = await typed;
    expect(result.output).toContain("2 ticks\n");
    expect((await shell.type("jobs")).output).toBe("[1]+  Running                 sleep 1000 &\n");
  });
});

describe("the two streams:", () => {
  test("they come in the order of writing, each also by itself", async () => {
    const result = await bench().shell.type("echo a; both; echo b >&2; nope; echo $?");
    expect(result.output).toBe("a\none\ntwo\nthree\nb\nbash: line 1: nope: command not found\n127\n");
    expect(result.stdout).toBe("a\none\nthree\n127\n");
    expect(result.stderr).toBe("two\nb\nbash: line 1: nope: command not found\n");
  });

  test("a pipeline's stages run at the same time", async () => {
    expect(await output("ticker | head -2; echo $?")).toBe("tick 1\ntick 2\n0\n");
    expect(await output("ticker | while read -r a b; do echo $b; [ $b = 2 ] && break; done")).toBe("1\n2\n");
  });
});

describe("namespaces and files:", () => {
  test("a command runs in another namespace", async () => {
    expect(await output("where x; inside -- where y z; nsenter --net=/run/netns/blue where 'a b'")).toBe(
      "a x\na/blue y|z\na/blue a b\n",
    );
    expect(await output("nsenter --net=/run/netns/red where; echo $?")).toBe(
      "nsenter: cannot open /run/netns/red: No such file or directory\n1\n",
    );
    expect(
      await output(
        "inside -- bash -c 'where; echo 1 > /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/ip_forward'; cat /proc/sys/net/ipv4/ip_forward",
      ),
    ).toBe("a/blue \n1\n0\n");
  });

  test("lazy files are read, listed, searched and written", async () => {
    expect(await output("ls /proc/sys/net/ipv4 /proc/sys/net; grep -c 0 /proc/sys/net/ipv4/ip_forward")).toBe(
      "/proc/sys/net:\nipv4\n\n/proc/sys/net/ipv4:\nip_forward\n1\n",
    );
    expect(
      await output("echo 7 > /proc/sys/net/ipv4/ip_forward; echo $?; echo 1 > /proc/sys/net/ipv4/nope"),
    ).toBe(
      "bash: line 1: echo: write error: Invalid argument\n1\nbash: line 1: /proc/sys/net/ipv4/nope: No such file or directory\n",
    );
    expect(await output("echo 1 | tee /proc/sys/net/ipv4/ip_forward; cat /proc/sys/net/ipv4/*")).toBe(
      "1\n1\n",
    );
  });

  test("/dev/udp sends datagrams", async () => {
    const { shell, host } = bench();
    const blue = joined(host);
    const socket = new UdpSocket(blue);
    socket.bind(0, 9);
    await shell.type("printf 'a\\nb' > /dev/udp/10.9.0.2/9; echo '10.9.0.2 friend # mine' > /etc/hosts");
    const result = await shell.type("seq 1 2 > /dev/udp/friend/9; echo $?");
    const received: string[] = [];
    for (let one = socket.receive(); one !== null; one = socket.receive()) {
      received.push(new TextDecoder().decode(one.payload));
    }
    socket.close();
    expect(received).toEqual(["a\n", "b", "1\n2\n"]);
    expect(result.output).toBe("0\n");
  });

  test("/dev/udp tells of errors as bash does", async () => {
    expect(await output("echo x > /dev/udp/10.1.1.1/9; echo $?")).toBe(
      "bash: connect: Network is unreachable\nbash: line 1: /dev/udp/10.1.1.1/9: Network is unreachable\n1\n",
    );
    expect(await output("echo x > /dev/udp/nohost/9; echo x > /dev/udp/127.0.0.1/zz")).toBe(
      "bash: line 1: nohost: Temporary failure in name resolution\nbash: line 1: /dev/udp/nohost/9: Invalid argument\n" +
        "bash: line 1: zz: Servname not supported for ai_socktype\nbash: line 1: /dev/udp/127.0.0.1/zz: Invalid argument\n",
    );
  });

  test("ip runs a command in a namespace, in its own words when it cannot", async () => {
    expect(await output("ip netns exec blue where 'a b'; ip netns add green; ls /run/netns")).toBe(
      "a/blue a b\nblue\ngreen\n",
    );
    expect(await output("ip netns exec red where; echo $?; ip netns exec blue nope; echo $?")).toBe(
      'Cannot open network namespace "red": No such file or directory\n255\n' +
        'exec of "nope" failed: No such file or directory\n1\n',
    );
    expect(await output("ip netns exec blue ticker > f & sleep 2.5; kill -INT $!; wait $!; tail -1 f")).toBe(
      "3 ticks\n",
    );
  });

  test("/dev/zero gives as much as one takes, through a file name, a redirection or a pipe", async () => {
    expect(
      await output("head -c 5000 /dev/zero | tr '\\0' x | wc -c; head -c 70000 </dev/zero | wc -c"),
    ).toBe("5000\n70000\n");
    expect(await output("cat /dev/zero | head -c 70000 | wc -c; echo x >/dev/zero; echo $?")).toBe(
      "70000\n0\n",
    );
    expect(await output("head -c 3 /dev/zero | tr '\\0' y; echo; cat /dev/zero; echo $?")).toBe(
      "yyy\ncat: this never ends: only into a pipe (head -c 100 /dev/zero)\n1\n",
    );
    expect(await output("printf abcdef | head -c 4; echo; printf abcdef | head -c -2")).toBe("abcd\nabcd");
  });

  test("nproc counts the host's processors", async () => {
    const host = new Host(new World(1), new Kernel(), "a", { count: 4, cost: 1000 });
    const shell = new Shell(new Machine({ host, commands: new CommandTable() }));
    expect((await shell.type("nproc")).output).toBe("4\n");
  });

  test("sysctl -p - reads its standard input", async () => {
    const line = "echo net.nosuch=1 | sysctl -p -; echo $?";
    expect(await output(line)).toBe(
      "sysctl: cannot stat /proc/sys/net/nosuch: No such file or directory\n1\n",
    );
  });

  test("busybox finds its own applets first", async () => {
    expect(await output("busybox where x; busybox echo hi; busybox nope; echo $?")).toBe(
      "applet x\nhi\nnope: applet not found\n127\n",
    );
  });

  test("standard input goes whole to a command that asks for it, and to no other", async () => {
    expect(await output("printf abcd | count; printf 'a\\nb\\n' | while read x; do where $x; done")).toBe(
      "4\na a\na b\n",
    );
  });
});

describe("what never ends is ended:", () => {
  test("a loop without a wait", async () => {
    const result = await bench().shell.type("while true; do :; done; echo not reached");
    expect(result.output).toBe(
      "bash: line 1: endless loop: the clock stands still while it runs; put a sleep into it\n",
    );
  });

  test("a producer that never ends into a consumer that reads to the end", async () => {
    const result = await bench({ patience: 60 * SECOND }).shell.type("ticker | grep -c tick");
    expect(result.stderr).toBe(
      "bash: this line had not ended after 60 s of virtual time, so it was interrupted\n",
    );
    expect(result.status).toBe(130);
  });

  test("a wait for what can never happen", async () => {
    const { shell } = bench();
    await shell.type("mkdir /d");
    const result = await shell.type("sleep inf");
    expect(result.output).toBe(
      "bash: this line waits for something that can never happen, so it was interrupted\n",
    );
    expect((await shell.type("echo still here")).output).toBe("still here\n");
  });
});

describe("at a prompt:", () => {
  test("a here-document without an end, in a job that is shown", async () => {
    const { shell } = await bench();
    expect((await shell.type("sleep 1 | cat <<E & jobs\nhi")).output).toContain("sleep 1 | cat <<E\nhi\nE");
  });

  test("errors have no line number, and jobs are announced", async () => {
    const { shell } = bench({ interactive: true });
    expect((await shell.type("nope")).output).toBe("bash: nope: command not found\n");
    expect((await shell.type("if then")).output).toBe("bash: syntax error near unexpected token `then'\n");
    expect((await shell.type("sleep 1 &")).output).toMatch(/^\[1\] \d{4}\n$/);
    await shell.type("sleep 2");
    expect((await shell.type("echo x")).output).toBe("[1]+  Done                    sleep 1\nx\n");
    expect((await shell.type("echo $-")).output).toBe("himBHs\n");
  });
});
