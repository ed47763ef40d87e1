/** What the fuzz puts together. */

const HEAD = "---\ntitle: T\nhosts: { a: 10.0.0.1 }\n---\n";

/** Small lessons, each with a bit of everything that one part of a lesson can hold: small ones are read fast. */
export const LESSONS: readonly string[] = [
  `---
title: T
seed: 3
parts: [D6]
hosts:
  a: 172.10.0.15
  b: { address: 172.10.0.16, wire: { delay: 1ms, rate: 10mbit } }
---
# One
`,
  `${HEAD}# One

\`\`\`console a
$ ping -c 1 172.10.0.16 | grep received
1 packets transmitted, 1 received, 0% packet loss, time ...ms
$ for i in 1 2
> do false
> done
[exit 1]
\`\`\`
`,
  `${HEAD}
\`\`\`expect
- journey: { from: 172.10.0.15, to: 172.10.0.16, protocol: icmp }
  delivered: true
- counters: a/eth0
  rxPackets: 3
\`\`\`
`,
];

export const LESSON_PIECES: readonly string[] = [
  "```",
  "---",
  "$ ",
  "[exit",
  "hosts:",
  "{",
  "}",
  "[",
  "\n",
  "\n\n",
  "\u0000",
  "...",
  ": ",
  "- ",
  "&a *a",
  "!!binary ",
  "<<: *a",
  "\t",
  '"',
  "'",
  "|\n",
  "99999999999999999999",
  "__proto__",
  "\ud800",
  "\u2028",
  "expect",
  "console",
];

const words = (text: string): string[] => text.split(" ");

export const TOOL_WORDS: readonly string[] = [
  ...words(
    "link addr route rule neigh netns maddr fdb vlan qdisc show add del set replace append flush get list exec dev via src from to",
  ),
  ...words(
    "type veth bridge vxlan macvlan dummy peer name id dst master self up down mtu 1400 0 -1 99999999999 eth0 lo x br0 vx0",
  ),
  ...words(
    "10.0.0.1 10.0.0.0/8 300.1.1.1 02:00:00:00:00:01 zz -j -d -s -br all default netem loss 20% delay 10ms root dstport local",
  ),
  ...words(
    "net.ipv4.ip_forward -w net.ipv4.ip_forward=1 = -n '' help table 7 pref metric lladdr nud permanent",
  ),
  ...words("constructor __proto__ toString hasOwnProperty 1e3 0x10 08 :: ::1 224.0.0.1 Infinity -0 --"),
  "",
  "\u0000",
  "\ud800",
  "x".repeat(300),
];

export const PROMPT_PROGRAMS: readonly string[] = words(
  "ping arping nc netcat tcpdump traceroute ethtool ip bridge tc sysctl cat ls date head wc hostname grep sed sort cut env xargs sleep seq printf echo test kill ps busybox sh nsenter poweron tee tail",
);

export const PROMPT_PIECES: readonly string[] = [
  ...PROMPT_PROGRAMS,
  ...words(
    "| || && ; & ( ) { } < > >> 2>&1 <<< << if then fi for in do done while case esac function [[ ]] (( ))",
  ),
  ...words(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
    "$ $x ${x} ${x:-1} ${x#a} ${#x} $(echo $((1+2)) $((1/0)) ` ' \" \\ # * ? [a-z] {1..3} ~ ! x=1 a=(1 2) ${a[@]}",
  ),
  ...words(
    "-c -i -I -n -w -e -v -t -s -l -p -u 1 2 3 any icmp udp port host and not 172.10.0.16 172.10.0.15 localhost /tmp /proc/net",
  ),
  ...words(
    "/proc/net/constructor /etc/hosts /sys/class/net/eth0/mtu local export declare read set -o trap exit return break : true",
  ),
  "\n",
  "\t",
];
