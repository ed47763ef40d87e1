import { describe, expect, test } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { entryHistories } from "../src/scenario/entry-history.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { topology } from "./kernel/random-rules.ts";

async function world(...lines: readonly string[]): Promise<LabWorld> {
  const made = new LabWorld(new Lab(topology));
  for (const line of ["ip addr add 172.10.0.15/24 dev eth0", ...lines]) {
    const { output, status } = await made.type("a", line);
    expect(status, `${line}: ${output}`).toBe(0);
  }
  return made;
}

async function said(made: LabWorld, line: string): Promise<string> {
  return (await made.type("a", line)).output;
}

describe("the kernel's log", () => {
  test("LOG and TRACE write what Linux writes", async () => {
    const made = await world(
      "iptables -A INPUT -p icmp -j LOG --log-prefix 'in: ' --log-ip-options",
      "iptables -A OUTPUT -p icmp -j LOG --log-prefix 'out: ' --log-uid --log-macdecode",
      "iptables -A OUTPUT -p udp -j LOG --log-prefix 'udp: ' --log-level info",
      "iptables -A OUTPUT -p tcp -j LOG --log-prefix 'tcp: ' --log-tcp-sequence --log-tcp-options",
      "iptables -t raw -A OUTPUT -p udp --dport 7 -j TRACE",
      "iptables -N user",
      "iptables -A OUTPUT -j user",
      "iptables -A user -p udp",
      "iptables -A user -j RETURN",
      "iptables -A OUTPUT -j ACCEPT",
      "ping -c 1 -m 5 127.0.0.1",
    );
    await made.type("a", "echo hi | nc -u -w 1 127.0.0.1 7");
    const log = (await said(made, "dmesg -t")).replaceAll(/(ID|SPT)=\d{2,}/g, "$1=N");
    const ip = "SRC=127.0.0.1 DST=127.0.0.1";
    const mac = "IN=lo OUT= MAC=00:00:00:00:00:00:00:00:00:00:00:00:08:00";
    const echo = `${ip} LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=N DF PROTO=ICMP TYPE=8 CODE=0 ID=N SEQ=1`;
    const reply = `${ip} LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=N PROTO=ICMP TYPE=0 CODE=0 ID=N SEQ=1`;
    const udp = `${ip} LEN=31 TOS=0x00 PREC=0x00 TTL=64 ID=N DF PROTO=UDP SPT=N DPT=7 LEN=11`;
    const error = `${ip} LEN=59 TOS=0x00 PREC=0xC0 TTL=64 ID=N PROTO=ICMP TYPE=3 CODE=3 [${udp} ]`;
    // As a real kernel (6.18) wrote it for the same commands.
    expect(log.split("\n").map((line) => line.trimEnd())).toEqual([
      `out: IN= OUT=lo ${echo} UID=0 GID=0 MARK=0x5`,
      `in: ${mac} ${echo} MARK=0x5`,
      `out: IN= OUT=lo ${reply}`,
      `in: ${mac} ${reply}`,
      `TRACE: raw:OUTPUT:policy:2 IN= OUT=lo ${udp} UID=0 GID=0`,
      `TRACE: filter:OUTPUT:rule:2 IN= OUT=lo ${udp} UID=0 GID=0`,
      `udp: IN= OUT=lo ${udp}`,
      `TRACE: filter:OUTPUT:rule:4 IN= OUT=lo ${udp} UID=0 GID=0`,
      `TRACE: filter:user:rule:1 IN= OUT=lo ${udp} UID=0 GID=0`,
      `TRACE: filter:user:return:2 IN= OUT=lo ${udp} UID=0 GID=0`,
      `TRACE: filter:OUTPUT:policy:5 IN= OUT=lo ${udp} UID=0 GID=0`,
      `TRACE: raw:PREROUTING:policy:1 ${mac} ${udp}`,
      `TRACE: filter:INPUT:policy:2 ${mac} ${udp}`,
      `out: IN= OUT=lo ${error}`,
      `in: ${mac} ${error}`,
      "",
    ]);
    expect(await said(made, "dmesg -C; dmesg")).toBe("");
  });

  test("other namespaces write there only when the host lets them", async () => {
    const made = await world(
      "ip netns add n",
      "ip -n n link set lo up",
      "ip netns exec n iptables -A OUTPUT -j LOG",
      "ip netns exec n ping -c 1 127.0.0.1",
    );
    expect(await said(made, "dmesg")).toBe("");
    await made.type("a", "sysctl -w net.netfilter.nf_log_all_netns=1; ip netns exec n ping -c 1 127.0.0.1");
    expect(await said(made, "dmesg")).toContain("IN= OUT=lo ");
  });
});

describe("rules in the memory of causes", () => {
  test("a rule's history names the commands; a journey names the rule that decided", async () => {
    const made = await world("iptables -A OUTPUT -p icmp -j DROP");
    made.lab.record();
    const { output } = await made.type("a", "ping -c 1 -W 1 127.0.0.1");
    // As the real one, to which the kernel says EPERM: it does not even wait.
    expect(output).toContain("1 packets transmitted, 0 received, 100% packet loss, time 0ms");
    const step = made.lab.journeys().at(-1)!.steps.at(-1)!;
    expect([step.verdict, step.entry]).toEqual(["NETFILTER_DROP", "-t filter -A OUTPUT -p icmp -j DROP"]);
    expect(step.cause).toContain("iptables -A OUTPUT -p icmp -j DROP");
    await made.type("a", "iptables -F");
    const [history] = entryHistories(made.lab, "-A OUTPUT -p icmp");
    expect(history!.there).toBe(false);
    expect(history!.events.map(({ what, cause }) => [what, cause.includes("iptables")])).toEqual([
      ["made", true],
      ["gone", true],
    ]);
  });

  test("what was applied are the commands themselves, a restored text with its lines", async () => {
    const made = await world("ip netns add n");
    const before = made.toolbox.applied.length;
    await made.type("a", "iptables -A INPUT -s 10.0.0.1,10.0.0.2 -m comment --comment 'a b' -j ACCEPT");
    await made.type("a", "ip netns exec n iptables -t mangle -P INPUT DROP");
    await made.type("a", "iptables-restore -n <<'X'\n*raw\n-A OUTPUT -p udp -j DROP\nCOMMIT\nX");
    expect(made.toolbox.applied.slice(before).map(({ command }) => command)).toEqual([
      "iptables -A INPUT -s 10.0.0.1/32,10.0.0.2/32 -m comment --comment 'a b' -j ACCEPT",
      "ip netns exec n iptables -t mangle -P INPUT DROP",
      "iptables-restore -n <<< '*raw\n-A OUTPUT -p udp -j DROP\nCOMMIT'",
    ]);
    const again = await world(
      "ip netns add n",
      ...made.toolbox.applied.slice(before).map(({ command }) => command),
    );
    expect(await said(again, "iptables-save")).toBe(await said(made, "iptables-save"));
    expect(await said(again, "cat /proc/net/ip_tables_names")).toBe("raw\nfilter\n");
  });
});

test("what is not simulated is said once, and who meets it is undecided", async () => {
  const made = await world();
  const line = "iptables -A OUTPUT -d 127.0.0.2 -m recent --set --name x";
  expect(await said(made, line)).toBe(
    "overmesh: the match recent is not simulated: a packet that meets it is undecided\n",
  );
  expect(await said(made, line)).toBe("");
  expect(await said(made, "iptables -S OUTPUT 1")).toBe(
    "-A OUTPUT -d 127.0.0.2/32 -m recent --set --name x\n",
  );
  made.lab.record();
  await made.type("a", "ping -c 1 -W 1 127.0.0.1; ping -c 1 -W 1 127.0.0.2");
  const ends = made.lab.journeys().map((journey) => journey.steps.at(-1)!.verdict);
  expect(ends.filter((verdict) => verdict === "UNDECIDED")).toHaveLength(1);
});

test("sets: rules count as they counted on a real kernel", async () => {
  const made = await world(
    "ipset create a hash:ip",
    "ipset create n hash:net",
    "ipset create p hash:ip,port",
    "ipset create b bitmap:port range 0-9999",
    "ipset create l list:set",
    "ipset add a 127.0.0.2",
    "ipset add n 127.0.0.0/8",
    "ipset add n 127.0.1.0/24 nomatch",
    "ipset add p 127.0.0.2,udp:7",
    "ipset add p 127.0.0.1,icmp:echo-request",
    "ipset add b 7",
    "ipset add l a",
    "ipset add l b",
    "iptables -A OUTPUT -m set --match-set a dst",
    "iptables -A OUTPUT -m set ! --match-set a dst",
    "iptables -A OUTPUT -m set --match-set n dst",
    "iptables -A OUTPUT -m set --match-set p dst,dst",
    "iptables -A OUTPUT -m set --match-set b dst",
    "iptables -A OUTPUT -m set --match-set b src",
    "iptables -A OUTPUT -m set --match-set l dst",
    "iptables -A OUTPUT -m set --match-set p dst",
    "ping -c 1 -q 127.0.0.1",
    "ping -c 2 -i 0.2 -q 127.0.0.2",
    "ping -c 1 -q 127.0.1.5",
    "echo x | nc -u -w 1 127.0.0.2 7",
  );
  const rules = (await said(made, "iptables-save -c")).split("\n").filter((line) => line.includes("-A"));
  expect(rules).toEqual([
    "[3:198] -A OUTPUT -m set --match-set a dst",
    "[7:562] -A OUTPUT -m set ! --match-set a dst",
    "[9:676] -A OUTPUT -m set --match-set n dst",
    "[2:114] -A OUTPUT -m set --match-set p dst,dst",
    "[1:30] -A OUTPUT -m set --match-set b dst",
    "[0:0] -A OUTPUT -m set --match-set b src",
    "[3:198] -A OUTPUT -m set --match-set l dst",
    "[0:0] -A OUTPUT -m set --match-set p dst",
  ]);
});
