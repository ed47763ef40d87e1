import { expect, test } from "vitest";
import { startEmbeddedDns } from "../src/docker/dns/embedded-resolver.ts";
import { DnsServer } from "../src/programs/resolver/dns-server.ts";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import * as dns from "../src/wire/dns.ts";
import { build } from "../src/wire/dns-build.ts";
import { parse } from "../src/wire/ipv4-address.ts";
import { labWorld } from "./helpers/lab-world.ts";

const SERVER = parse("10.9.0.53")!;

/** Hosts a and ns; on ns a server that knows some names, refuses to answer `mute`, and fails at `broken`. */
function world(records: Readonly<Record<string, readonly string[]>>): LabWorld {
  const made = labWorld({ hosts: { a: "10.9.0.2", ns: "10.9.0.53" } });
  new DnsServer(made.lab.host("ns").root, SERVER, dns.PORT, function* (question, client) {
    const { name, type } = question.questions[0]!;
    if (name === "mute" || (name === "half" && type === dns.TYPE_AAAA && client.transport === "udp"))
      return null;
    if (name === "broken") return build(dns.reply(question, { rcode: dns.SERVFAIL }, []));
    const known = records[name.toLowerCase()];
    if (known === undefined) return build(dns.reply(question, { rcode: dns.NXDOMAIN }, []));
    if (name === "long" && client.transport === "udp")
      return build(dns.reply(question, { truncated: true }, []));
    const answers = type === dns.TYPE_A ? known.map((text) => dns.addressRecord(name, parse(text)!, 0)) : [];
    return build(dns.reply(question, { recursionAvailable: true }, answers));
  });
  return made;
}

async function typed(made: LabWorld, host: string, line: string): Promise<string> {
  const { output, status } = await made.type(host, line);
  return `${output}${status === 0 ? "" : `(exit status ${status})\n`}`;
}

const CAPTURE = "(tcpdump -n -t -l -i eth0 port 53 > /tmp/seen 2>/dev/null &) ; sleep 0.1";

test("a name goes to the name server of resolv.conf: A and AAAA from one socket, and errors say what was wrong", async () => {
  const made = world({ c4: ["10.9.0.53"], none: [], half: ["10.9.0.53"], long: ["10.9.0.53"] });
  await made.type("a", "echo nameserver 10.9.0.53 > /etc/resolv.conf");
  expect(await typed(made, "a", "ping -c 1 -n c4 | head -2 | sed 's/time.*//'")).toBe(
    "PING c4 (10.9.0.53) 56(84) bytes of data.\n64 bytes from 10.9.0.53: icmp_seq=1 ttl=64 \n",
  );
  // As the real tools said with a real server (2>&1 each).
  const wrong: [string, string][] = [
    ["ping -c 1 c2", "ping: c2: Name or service not known\n(exit status 2)\n"],
    ["ping -c 1 none", "ping: none: No address associated with hostname\n(exit status 2)\n"],
    ["ping -c 1 broken", "ping: broken: Temporary failure in name resolution\n(exit status 2)\n"],
    ["curl -sS http://c2/", "curl: (6) Could not resolve host: c2\n(exit status 6)\n"],
    ["nc -w 1 c2 80", 'nc: getaddrinfo for host "c2" port 80: Name or service not known\n(exit status 1)\n'],
    ["arping -c 1 c2", "arping: c2: Name or service not known\n(exit status 2)\n"],
    [
      "traceroute -m 1 c2",
      'c2: Name or service not known\nCannot handle "host" cmdline arg `c2\' on position 1 (argc 3)\n(exit status 2)\n',
    ],
    ["busybox ping -c 1 c2", "ping: bad address 'c2'\n(exit status 1)\n"],
    ["busybox wget -qO- http://c2/", "wget: bad address 'c2'\n(exit status 1)\n"],
  ];
  for (const [line, said] of wrong) expect(await typed(made, "a", `${line} 2>&1`)).toBe(said);
  expect(await typed(made, "a", "ping -c 1 long > /dev/null && echo over TCP")).toBe("over TCP\n");
});

test("silence costs five seconds, twice; half an answer makes the resolver ask one by one, over a new socket at last", async () => {
  const made = world({ half: ["10.9.0.53"] });
  await made.type("a", "echo nameserver 10.9.0.53 > /etc/resolv.conf; ping -c 1 10.9.0.53");
  const before = made.lab.world.now;
  await made.type("a", "ping -c 1 mute");
  expect(Math.round((made.lab.world.now - before) / 1e9)).toBe(10);
  await made.type("a", CAPTURE);
  const begin = made.lab.world.now;
  expect((await made.type("a", "ping -n -c 1 half")).status).toBe(0);
  expect(Math.round((made.lab.world.now - begin) / 1e9)).toBe(15);
  const { output } = await made.type(
    "a",
    "sleep 0.1; grep -c AAAA /tmp/seen; grep -c ' A[?]' /tmp/seen; grep 'AAAA' /tmp/seen | cut -d' ' -f2 | sort -u | wc -l",
  );
  expect(output.trim().split(/\s+/)).toEqual(["3", "3", "2"]);
});

test("search list and ndots in glibc's order", async () => {
  const made = world({ "web.two.test": ["10.9.0.53"] });
  await made.type(
    "a",
    "printf 'nameserver 10.9.0.53\\nsearch one.test two.test\\noptions ndots:2\\n' > /etc/resolv.conf",
  );
  await made.type("a", CAPTURE);
  expect((await made.type("a", "ping -n -c 1 web")).status).toBe(0);
  const asked = await made.type("a", "sleep 0.1; grep -o ' A? [^ ]*' /tmp/seen");
  expect(asked.output).toBe(" A? web.one.test.\n A? web.two.test.\n");
  await made.type(
    "a",
    "printf 'nameserver 10.9.0.53\\nsearch one.test\\noptions ndots:1\\n' > /etc/resolv.conf; : > /tmp/seen",
  );
  expect((await made.type("a", "ping -n -c 1 a.b")).status).toBe(2);
  const again = await made.type("a", "sleep 0.1; grep -o ' A? [^ ]*' /tmp/seen");
  expect(again.output).toBe(" A? a.b.\n A? a.b.one.test.\n");
});

test("nothing is sent for an address, nor for a name of /etc/hosts", async () => {
  const made = world({});
  await made.type(
    "a",
    "echo nameserver 10.9.0.53 > /etc/resolv.conf; echo 10.9.0.53 near Near2 >> /etc/hosts",
  );
  await made.type("a", CAPTURE);
  for (const host of ["10.9.0.53", "near", "near2"])
    expect((await made.type("a", `ping -c 1 ${host}`)).status).toBe(0);
  expect((await made.type("a", "sleep 1; cat /tmp/seen")).output).toBe("");
});

test("the embedded server answers for neighbours, shuffles, turns addresses round, and passes on the rest", async () => {
  const made = world({ "web.example": ["198.51.100.10"] });
  const a = made.lab.host("a").root;
  const backend = {
    resolve: (name: string) =>
      name.toLowerCase() === "c4"
        ? [0x0a010003]
        : name === "many"
          ? [0x0a010004, 0x0a010005, 0x0a010006]
          : [],
    reverse: (address: number) => (address === 0x0a010003 ? "c4.test-net" : null),
    upstream: [
      { address: parse("10.9.0.99")!, from: a },
      { address: SERVER, from: a },
    ],
  };
  await made.type("a", "ip route add default via 10.9.0.53");
  const running = startEmbeddedDns(a, backend);
  for (const [protocol, port] of [
    ["udp", running.udpPort],
    ["tcp", running.tcpPort],
  ])
    for (const rule of [
      `OUTPUT -d 127.0.0.11 -p ${protocol} --dport 53 -j DNAT --to-destination 127.0.0.11:${port}`,
      `POSTROUTING -s 127.0.0.11 -p ${protocol} --sport ${port} -j SNAT --to-source :53`,
    ])
      expect((await made.type("a", `iptables -t nat -A ${rule}`)).status).toBe(0);
  await made.type("a", "printf 'nameserver 127.0.0.11\\noptions ndots:0\\n' > /etc/resolv.conf");
  const address = async (name: string): Promise<string> => {
    const { output } = await made.type("a", `ping -c 1 -W 1 ${name} 2>&1 | head -1`);
    return output.replace(/ 56.*/, "").trim();
  };
  expect(await address("C4")).toBe("PING C4 (10.1.0.3)");
  expect(await address("web.example")).toBe("PING web.example (198.51.100.10)");
  expect(await address("c2")).toBe("ping: c2: Name or service not known");
  const seen = new Set<string>();
  for (let i = 0; i < 12; i++) seen.add(await address("many"));
  expect(seen.size).toBe(3);
  running.stop();
  expect(await address("c4")).toBe("ping: c4: Temporary failure in name resolution");
});
