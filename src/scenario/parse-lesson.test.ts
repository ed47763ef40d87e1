import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConsoleBlock, Lesson } from "./lesson.ts";
import { parseFile } from "./parse-file.ts";

const SHORTEST = `---
title: Two hosts
hosts: { a: 172.10.0.15, b: 172.10.0.16 }   # /24 and one switch unless said otherwise
---
The hosts see each other.
\`\`\`console a
$ ping -c 1 172.10.0.16 | grep -c 'bytes from'
1
\`\`\`
`;

function parsed(text: string, file = "x.md"): Lesson {
  const outcome = parseFile(file, text);
  if (!outcome.ok) throw new Error(outcome.errors.map((error) => error.line()).join("\n"));
  return outcome.value;
}

/** The lines that a person sees. */
function mistakes(text: string, file = "x.md"): string[] {
  const outcome = parseFile(file, text);
  return outcome.ok ? [] : outcome.errors.map((error) => error.line());
}

function withFront(front: string): string[] {
  return mistakes(`---\n${front}\n---\n`);
}

function withBody(body: string): string[] {
  return mistakes(`---\ntitle: T\nhosts: { a: 10.0.0.1, b: 10.0.0.2 }\n---\n${body}`);
}

describe("a lesson", () => {
  test("the shortest one parses: two hosts on one switch, prose, one command", () => {
    const lesson = parsed(SHORTEST);
    expect(lesson).toMatchObject({ title: "Two hosts", parts: [], seed: null, needs: [], real: null });
    expect(lesson.topology.switches).toEqual([{ name: "u0", mtu: 1500 }]);
    expect(lesson.topology.hosts.map((host) => [host.name, host.router, host.nics])).toEqual([
      [
        "a",
        false,
        [
          {
            name: "eth0",
            mac: "52:54:00:0a:00:0f",
            address: { address: "172.10.0.15", prefixLength: 24 },
            mtu: 1500,
            switch: "u0",
            wire: { delay: 0, rate: 0, queue: 1000 },
          },
        ],
      ],
      ["b", false, [expect.objectContaining({ mac: "52:54:00:0a:00:10" })]],
    ]);
    expect(lesson.blocks).toEqual([
      { kind: "prose", place: { file: "x.md", line: 5, column: 1 }, lines: ["The hosts see each other."] },
      {
        kind: "console",
        place: { file: "x.md", line: 6, column: 1 },
        hosts: ["a"],
        commands: [
          {
            place: { file: "x.md", line: 7, column: 3 },
            text: "ping -c 1 172.10.0.16 | grep -c 'bytes from'",
            expected: ["1"],
            exitStatus: 0,
            expectedAt: { line: 8, count: 1 },
          },
        ],
      },
    ]);
  });

  test("an expectation ends before the next command, and blanks after it never count", () => {
    const lesson = parsed(
      `---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n\`\`\`console a\n$ one\nfirst  \n\nthird\n\n$ two\n[exit 2]\n\n$ three\n\`\`\`\n`,
    );
    const commands = (lesson.blocks[0] as ConsoleBlock).commands;
    expect(commands.map(({ text, expected, exitStatus }) => [text, expected, exitStatus])).toEqual([
      ["one", ["first", "", "third"], 0],
      ["two", [], 2],
      ["three", [], 0],
    ]);
  });

  test("other fenced blocks, a console block inside them too, are passed over", () => {
    const lesson = parsed(
      "---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n````markdown\n```console nobody\n$ x\n```\n````\n~~~expect\n- frames: { on: a/eth0, count: 0 }\n~~~\n",
    );
    expect(lesson.blocks.map((block) => block.kind)).toEqual(["expect"]);
  });

  test("lines may end as on Windows, and a byte order mark is no text", () => {
    const lesson = parsed(`\uFEFF${SHORTEST.replaceAll("\n", "\r\n")}`);
    expect((lesson.blocks[1] as ConsoleBlock).commands[0]!.expected).toEqual(["1"]);
  });

  test("all of the front matter", () => {
    const { topology, ...lesson } = parsed(`---
title: Two subnets
parts: [D6, A8]
seed: 7
needs: [ip_vs]
real: the real kernel has no such switch
switches: { left: { mtu: 9000 }, right: {} }
hosts:
  a: { address: 10.0.1.15, gateway: 10.0.1.1, cpu: { count: 2, cost: 1.5us }, mtu: 9000 }
  b:
    nics:
      eth0: { address: 10.0.2.14/28, switch: right, mac: "02:00:00:00:00:01" }
      eth1: { switch: left }
routers:
  r: { left: 10.0.1.1, right: 10.0.2.1/28 }
wires:
  - { from: a, delay: 10ms, rate: 100mbit, queue: 5 }
  - { from: r/eth1, to: right, delay: 3us }
  - { from: left, to: right, rate: 1gbit }
---
`);
    expect(lesson).toMatchObject({ title: "Two subnets", parts: ["D6", "A8"], seed: 7 });
    expect(lesson.needs).toEqual(["ip_vs"]);
    expect(lesson.real).toBe("the real kernel has no such switch");
    const [a, b, r] = topology.hosts;
    expect(a).toMatchObject({ gateway: "10.0.1.1", cpu: { count: 2, cost: 1500 } });
    expect(a!.nics[0]).toMatchObject({
      switch: "left",
      mtu: 9000,
      wire: { delay: 10_000_000, rate: 1e8, queue: 5 },
    });
    expect(b!.nics[0]).toMatchObject({
      switch: "right",
      mac: "02:00:00:00:00:01",
      address: { prefixLength: 28 },
    });
    expect(b!.nics[1]).toMatchObject({ name: "eth1", address: null, mac: "52:54:ff:00:01:01" });
    expect(r).toMatchObject({ name: "r", router: true });
    expect(r!.nics.map((nic) => [nic.name, nic.switch, nic.address!.prefixLength, nic.wire.delay])).toEqual([
      ["eth0", "left", 24, 0],
      ["eth1", "right", 28, 3000],
    ]);
    expect(topology.trunks).toEqual([
      { from: "left", to: "right", wire: { delay: 0, rate: 1e9, queue: 1000 } },
    ]);
    expect(topology.switches).toEqual([
      { name: "left", mtu: 9000 },
      { name: "right", mtu: 1500 },
    ]);
  });
});

describe("mistakes in front matter have a place and a hint:", () => {
  test("no front matter, or no end of it", () => {
    expect(mistakes("# Title\n")[0]).toMatch(/^x\.md:1:1: a lesson begins with front matter/);
    expect(mistakes("---\ntitle: T\n")).toEqual([
      "x.md:1:1: the front matter has no end (a second line ---)",
    ]);
    expect(mistakes("")).toHaveLength(1);
  });

  test("malformed YAML", () => {
    expect(withFront("title: T\nhosts: { a: 10.0.0.1")).toEqual([
      "x.md:3:21: not valid YAML: Flow map in block collection must be sufficiently indented and end with a }",
    ]);
    expect(withFront("title: T\ntitle: U\nhosts: { a: 10.0.0.1 }")).toEqual([
      "x.md:3:1: not valid YAML: Map keys must be unique",
    ]);
    expect(withFront("title: *t\nhosts: { a: 10.0.0.1 }")[0]).toMatch(
      /^x\.md:2:\d+: not valid YAML: Unresolved alias/,
    );
  });

  test("unknown keys, at any depth, each at its own place", () => {
    expect(withFront("titel: T\ntitle: T\ncolour: red\nhosts:\n  a: { adress: 10.0.0.1 }")).toEqual([
      'x.md:2:1: unknown key "titel" (did you mean title?)',
      'x.md:4:1: unknown key "colour" (one of: title, parts, seed, hosts, switches, routers, images, wires, needs, real)',
      'x.md:6:8: unknown key "adress" (did you mean address?)',
    ]);
  });

  test("a module that no lesson may need", () => {
    expect(withFront("title: T\nneeds: [ipvs]\nhosts: { a: 10.0.0.1 }")).toEqual([
      'x.md:3:9: the text "ipvs" is not allowed here (did you mean ip_vs?)',
    ]);
  });

  test("missing and empty things", () => {
    expect(withFront("hosts: { a: 10.0.0.1 }")).toEqual(['x.md:2:1: the key "title" is missing']);
    expect(withFront("")).toEqual([
      'x.md:2:1: the key "title" is missing',
      'x.md:2:1: the key "hosts" is missing',
    ]);
    expect(withFront("title: T\nhosts: {}")).toEqual(["x.md:3:8: a lesson needs at least one host"]);
  });

  test("values of another kind", () => {
    expect(withFront("title: 3\nhosts: [a, b]\nseed: many")).toEqual([
      "x.md:2:8: expected text, found the number 3",
      "x.md:3:8: expected a map, found a list",
      'x.md:4:7: expected a number, found the text "many"',
    ]);
    expect(withFront("title: T\nhosts: { a: 10.1 }")).toEqual([
      "x.md:3:13: expected text or a map, found the number 10.1",
    ]);
    expect(withFront("title: T\nhosts: { a: 10.0.0.1 }\nparts: [E1]\nseed: -1")).toEqual([
      'x.md:4:9: "E1" is no part: A1 to D9',
      "x.md:5:7: must be at least 0",
    ]);
  });

  test("bad names", () => {
    expect(withFront("title: T\nhosts: { Host_A: 10.0.0.1 }")).toEqual([
      'x.md:3:10: "Host_A" is no name: letters in lower case, digits and dashes, a letter first',
    ]);
    expect(
      withFront("title: T\nswitches: [u0, a]\nhosts: { a: 10.0.0.1 }\nrouters: { u0: { u0: 10.0.0.2 } }"),
    ).toEqual(['x.md:3:12: there are two things called "u0"', 'x.md:3:16: there are two things called "a"']);
  });

  test("bad addresses", () => {
    const address = (text: string): string => withFront(`title: T\nhosts: { a: "${text}" }`)[0]!;
    const hint = "(four numbers from 0 to 255, such as 172.10.0.15)";
    for (const text of [
      "172.10.0.256",
      "172.10.0",
      "x",
      "",
      "1.2.3.4.5",
      "::1",
      "1.2.3.4/24/5",
      "1..2.3",
      "10.0.0.010",
    ]) {
      expect(address(text)).toBe(`x.md:3:13: "${text}" is not an IPv4 address ${hint}`);
    }
    expect(address("10.0.0.1/33")).toBe('x.md:3:13: "/33" is not a prefix length (1 to 32)');
    expect(address("10.0.0.0")).toBe("x.md:3:13: 10.0.0.0 is the network address of 10.0.0.0/24");
    expect(address("10.0.0.255")).toBe("x.md:3:13: 10.0.0.255 is the broadcast address of 10.0.0.0/24");
    expect(address("127.0.0.1")).toMatch(/127\.0\.0\.1 cannot be the address of a card/);
    expect(address("10.0.0.4/31")).toBeUndefined();
  });

  test("duplicate addresses and MACs", () => {
    expect(withFront("title: T\nhosts:\n  a: 10.0.0.1\n  b: 10.0.0.1")).toEqual([
      "x.md:5:6: b/eth0 and a/eth0 have the same address 10.0.0.1",
    ]);
    expect(withFront("title: T\nhosts:\n  a: 10.0.0.1\n  b: 20.0.0.1")).toEqual([
      "x.md:5:6: b/eth0 and a/eth0 have the same MAC 52:54:00:00:00:01 (give one of them a mac)",
    ]);
    expect(
      withFront(
        "title: T\nswitches: [u0, u1]\nhosts:\n  a: 10.0.0.1\n  b: { address: 20.0.0.1, switch: u1 }",
      ),
    ).toEqual([]);
  });

  test("things that do not exist or do not fit", () => {
    expect(
      withFront(
        "title: T\nhosts:\n  a: { address: 10.0.0.1, switch: u7, gateway: 10.9.0.1, mac: zz, cpu: { cost: fast } }\nwires:\n  - { from: aa, delay: 5 min, rate: fast }",
      ),
    ).toEqual([
      'x.md:4:35: there is no switch "u7" (did you mean u0?)',
      'x.md:4:63: "zz" is not the MAC of a card (six pairs, the first one even: 52:54:00:0a:00:01)',
      "x.md:4:48: the gateway 10.9.0.1 lies in no network of this host (the kernel would say: Nexthop has invalid gateway)",
      'x.md:4:80: "fast" is no time (such as 500ns or 2us)',
      'x.md:6:24: "5 min" is no delay (such as 10ms or 50us)',
      'x.md:6:37: "fast" is no rate (such as 100mbit or 1gbit)',
      'x.md:6:13: "aa" is no card and no switch (did you mean a?)',
    ]);
    expect(withFront("title: T\nhosts:\n  a: { mtu: 1400, nics: { eth0: 10.0.0.1 } }")).toEqual([
      'x.md:4:8: "mtu" belongs to a card (move it below nics)',
    ]);
  });
});

describe("mistakes in the body have a place and a hint:", () => {
  test("an unknown host", () => {
    expect(withBody("```console c\n$ true\n```\n")).toEqual([
      'x.md:5:1: there is no host "c" (did you mean a?)',
    ]);
  });

  test("no host, an unknown one among several, or one twice", () => {
    expect(withBody("```console\n$ true\n```\n")).toEqual([
      "x.md:5:1: a console block names its host (```console HOST)",
    ]);
    expect(withBody("```console a cc\n$ true\n```\n")).toEqual([
      'x.md:5:1: there is no host "cc" (one of: a, b)',
    ]);
    expect(withBody("```console a a\n$ true\n```\n")).toEqual(['x.md:5:1: "a" is named twice']);
  });

  test("a fence that is never closed", () => {
    expect(withBody("Text.\n\n```console a\n$ true\n")).toEqual([
      "x.md:7:1: this block is never closed (a line ```)",
    ]);
    expect(withBody("````text\n```\n")).toEqual(["x.md:5:1: this block is never closed (a line ````)"]);
  });

  test("text before the first command, and blocks without a command", () => {
    expect(withBody("```console a\ntrue\n```\n")).toEqual([
      "x.md:6:1: a command begins with $ and a blank (expected output follows its command)",
    ]);
    expect(withBody("```console a\n\n```\n")).toEqual([
      "x.md:5:1: this console block types nothing (a line $ COMMAND)",
    ]);
  });

  test("a misplaced or impossible exit status", () => {
    expect(withBody("```console a\n$ false\n[exit 1]\ntext\n```\n")).toEqual([
      "x.md:7:1: [exit N] stands last in an expectation",
    ]);
    expect(withBody("```console a\n$ false\n[exit 256]\n```\n")).toEqual([
      "x.md:7:1: 256 is no exit status (0 to 255)",
    ]);
  });

  test("several mistakes come together, in the order of the file", () => {
    const lines = mistakes(
      "---\ntitle: T\nhost: x\nhosts: { a: 10.0.0.1 }\n---\n```console\n$ x\n```\n```console a\n",
    );
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["x.md:3:1:", "x.md:6:1:", "x.md:9:1:"]);
  });
});

describe("an expect block", () => {
  test("is read as values", () => {
    const lesson = parsed(`---
title: T
hosts: { a: 10.0.0.1, b: 10.0.0.2 }
---
\`\`\`expect
- journey: { from: 10.3.0.2, to: 10.3.0.5, protocol: icmp, passes: [a/c1, b], delivered: b/c2 }
- journey: { from: 10.3.0.2, to: 10.3.0.9, which: some, dropped: { reason: NO_SOCKET, at: b } }
- counters: { device: a/c1/eth0, rxPackets: 3, txDropped: { max: 1 } }
- entry: { table: fdb, in: a, mac: "02:00:00:00:00:01", vlan: 10 }
- entry: { table: neighbour, in: a/c1, dst: 10.3.0.5, absent: true }
- frames: { on: u0/p0, filter: udp port 4789, count: { min: 1 } }
\`\`\`
`);
    const place = (line: number): object => ({ file: "x.md", line, column: 3 });
    expect(lesson.blocks[0]).toMatchObject({
      expectations: [
        {
          kind: "journey",
          place: place(6),
          protocol: "icmp",
          which: "last",
          passes: ["a/c1", "b"],
          avoids: [],
          end: { delivered: "b/c2" },
        },
        { kind: "journey", which: "some", end: { dropped: { reason: "NO_SOCKET", at: "b" } } },
        { kind: "counters", counters: { rxPackets: { min: 3, max: 3 }, txDropped: { min: 0, max: 1 } } },
        { kind: "entry", table: "fdb", fields: { mac: "02:00:00:00:00:01", vlan: "10" }, absent: false },
        { kind: "entry", absent: true },
        { kind: "frames", filter: "udp port 4789", count: { min: 1, max: Number.POSITIVE_INFINITY } },
      ],
    });
  });

  test("says what is wrong with it, and where", () => {
    expect(withBody("```expect\n- journy: {}\n```\n")).toEqual([
      'x.md:6:3: unknown key "journy" (did you mean journey?)',
    ]);
    expect(
      withBody("```expect\n- journey: { from: x, to: y, pases: [a] }\n  frames: { on: a, count: 1 }\n```\n"),
    ).toEqual([
      'x.md:6:30: unknown key "pases" (did you mean passes?)',
      "x.md:6:3: each item is exactly one of: journey, counters, entry, frames",
    ]);
    expect(withBody("```expect\n- entry: { table: fbd, in: a }\n```\n")).toEqual([
      'x.md:6:19: the text "fbd" is not allowed here (did you mean fdb?)',
    ]);
    expect(withBody("```expect\n- entry: { table: route, in: a, mac: x }\n```\n")).toEqual([
      'x.md:6:33: unknown key "mac" (one of: table, in, absent, dst, via, dev, src, metric, tableId, scope, protocol, type, mtu, cause)',
    ]);
    expect(
      withBody(
        "```expect\n- journey: { from: x, to: y, passes: [c/eth0], dropped: { reason: NO_SOKET, at: a } }\n```\n",
      ),
    ).toEqual([
      'x.md:6:39: there is no host "c" (did you mean a?)',
      'x.md:6:67: "NO_SOKET" is no drop reason (did you mean NO_SOCKET?)',
    ]);
    expect(withBody("```expect\nframes: 1\n```\n")).toEqual(["x.md:6:1: expected a list, found a map"]);
    expect(withBody("```expect\n- frames: [\n```\n")[0]).toMatch(/^x\.md:\d:\d+: not valid YAML/);
    expect(withBody("```expect\n```\n")).toHaveLength(1);
  });
});

describe("a script", () => {
  test("is typed as a whole on the first host of its header", () => {
    const lesson = parsed(
      "#!/bin/bash\n# hosts: x=10.0.0.1 y=10.0.0.2/16\n\nfor i in 1 2; do\n  ping -c 1 10.0.0.2\ndone\n",
      "d/s.sh",
    );
    expect(lesson.title).toBe("s.sh");
    expect(lesson.topology.hosts.map((host) => [host.name, host.nics[0]!.address])).toEqual([
      ["x", { address: "10.0.0.1", prefixLength: 24 }],
      ["y", { address: "10.0.0.2", prefixLength: 16 }],
    ]);
    expect(lesson.blocks).toMatchObject([
      { hosts: ["x"], commands: [{ text: "for i in 1 2; do\n  ping -c 1 10.0.0.2\ndone", exitStatus: 0 }] },
    ]);
  });

  test("without a header has the hosts a and b", () => {
    expect(parsed("ip addr\n", "s.sh").topology.hosts.map((host) => host.name)).toEqual(["a", "b"]);
  });

  test("says what is wrong with its header", () => {
    expect(mistakes("# hosts: a=10.0.0.1 b\nip a\n", "s.sh")).toEqual([
      's.sh:1:21: "b" names no host (# hosts: a=172.10.0.15 b=172.10.0.16)',
    ]);
    expect(mistakes("#\n# hosts: a=10.0.0.999\nip a\n", "s.sh")[0]).toMatch(
      /^s\.sh:2:1: "10\.0\.0\.999" is not an IPv4/,
    );
    expect(mistakes("# only talk\n", "s.sh")).toEqual(["s.sh:1:1: the script has no command"]);
  });
});

test("a file of another kind is refused in one line", () => {
  expect(mistakes("", "x.txt")).toEqual(["x.txt is neither a lesson (.md) nor a script (.sh)"]);
});

test("random text never throws, and neither does a lesson with random damage", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      parseFile("x.md", text);
      parseFile("x.sh", text);
      parseFile("x.md", `---\n${text}\n---\n`);
    }),
  );
  fc.assert(
    fc.property(fc.nat(SHORTEST.length), fc.nat(9), fc.string({ maxLength: 5 }), (at, cut, put) => {
      parseFile("x.md", SHORTEST.slice(0, at) + put + SHORTEST.slice(at + cut));
    }),
  );
});

test("what is folded away has an end, is not nested, and may stand in an example", () => {
  const lesson = (body: string): string => `---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n${body}\n`;
  const mistakes = (body: string): string[] => {
    const read = parseFile("t.md", lesson(body));
    return read.ok ? [] : read.errors.map(({ place, message }) => `${place?.line}: ${message}`);
  };
  expect(mistakes("<details>\n<summary>dull</summary>\n</details>")).toEqual([]);
  expect(mistakes("<details>\ntext")).toEqual(["5: <details> is never closed"]);
  expect(mistakes("text\n</details>")).toEqual(["6: </details> without <details>"]);
  expect(mistakes("<details>\n<details>\n</details>")).toEqual(["6: <details> within that of line 5"]);
  expect(mistakes("```html\n<details>\n```")).toEqual([]);
});
