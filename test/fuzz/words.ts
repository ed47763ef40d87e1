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
  "chown chgrp chmod stat umask ulimit mkdir rm mv cp ln touch netstat ss conntrack ipset iptables ping arping nc netcat tcpdump traceroute ethtool ip bridge tc sysctl cat ls date head wc hostname grep sed sort cut env xargs sleep seq printf echo test kill ps busybox sh nsenter poweron tee tail",
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
  ...words(
    "/tmp/a /tmp/b /tmp/a/b a b ../a -R -r -f -s -p u=rwx,g-w 077 nobody: 1000:1000 --constructor constructor",
  ),
  "\n",
  "\t",
];

/** Verbs of the client, with what makes them come far. */
export const DOCKER_VERBS: readonly string[] = [
  "run -d",
  "run --rm",
  "create",
  "network create",
  "network connect",
  "network disconnect",
  "network inspect",
  "network ls",
  "network rm",
  "network prune -f",
  "container ls -a",
  "container inspect",
  "container prune -f",
  "image ls",
  "image inspect",
  "image rm",
  "image tag",
  "volume create",
  "volume ls",
  "volume rm",
  "system df",
  "system prune -f",
  "system info",
  "exec",
  "exec -d",
  "ps -a",
  "rm -f",
  "start",
  "stop -t 0",
  "kill",
  "restart -t 0",
  "pause",
  "unpause",
  "rename",
  "update",
  "port",
  "top",
  "logs",
  "inspect",
  "stats --no-stream",
  "events --since 1s --until 0s",
  "version",
  "pull",
  "service ls",
  "swarm init",
  "cp",
  "cp -L",
  "container diff",
  "commit",
  "export -o /tmp/e.tar",
  "import /tmp/e.tar",
  "save -o /tmp/s.tar",
  "load -i /tmp/s.tar",
  "load -i /tmp/e.tar",
  "history",
  "nosuch",
  "",
];

export const DOCKER_WORDS: readonly string[] = [
  ...words(
    "c1 c2 c3 n1 n2 bridge host none alpine nginx busybox redis alpine:3 acme/x:1 nosuch sh true false sleep 1 id",
  ),
  ...words(
    "--name --network --net -p -P --expose --ip --link --dns --dns-search --add-host -e --env -l --label -h -u -w",
  ),
  ...words(
    "--restart --rm -d -i -t -it --sysctl --entrypoint --cap-add --cap-drop --privileged --mac-address --health-cmd",
  ),
  ...words(
    "--network-alias --alias --subnet --gateway --ip-range --aux-address --internal -o --opt --ipam-driver --driver",
  ),
  ...words(
    "--format --filter -f -q -a --no-trunc --help -- --since --until --tail -n --signal --time --size --all --force",
  ),
  ...words(
    "80 8080:80 8080:80/udp 127.0.0.1::80 7000-7002:80-82 70000:1 0 -1 10.9.0.0/24 10.9.0.1 10.9.0.300 10.0.0.0/33",
  ),
  ...words(
    "a=b =b a= always on-failure:3 unless-stopped default null macvlan ipvlan parent=eth0 parent=eth0.7 mode=x",
  ),
  ...words(
    "net.ipv4.ip_forward=1 net.core.nosuch=1 NET_ADMIN ALL 02:42:ac:11:00:09 zz:zz c1:friend nobody 1000:1000 /tmp",
  ),
  ...words(
    "name=c status=running label=a driver=bridge id=0 dangling=true x until=1h {{.ID}} {{json .}} {{.Nope}} {{ {{range .}}",
  ),
  ...words(
    "c1:/etc c1:/etc/hosts c1:/tmp/ c2:/v c2:nosuch/x c1:/proc c1:.. c1: /etc/hosts /tmp/. /nosuch/x /dang - .",
  ),
  ...words(
    "-v v1:/etc v1:/v:ro /etc/hosts:/etc /etc/hosts/x:/y /dang:/d v2:/proc v2:/sys/class --tmpfs /t:size=1m",
  ),
  ...words("--read-only --init --umask -w /v/w constructor [ label=constructor {{.constructor}} {{.Label"),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash's.
  ...words("constructor __proto__ toString 1e3 99999999999999999999 $(docker ps -aq) ${x} table json"),
  "'{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'",
  "'{{index .Config.Env 9}}'",
  "'table {{.Names}}\\t{{.Status}}'",
  "''",
  "x".repeat(300),
];

export const DOCKER_IMAGES: readonly string[] = [
  "alpine sleep 1000",
  "nginx",
  "redis",
  "alpine true",
  "alpine sh -c 'exit 3'",
  "acme/x:1",
  "nosuch:1",
  "alpine nosuch",
];

/** What belongs together, so that a line comes far. */
export const DOCKER_PIECES: readonly string[] = [
  "--name c1",
  "--name c2",
  "--name c3",
  "--network n1",
  "--network n2",
  "--network container:c1",
  "--network host",
  "-p 8080:80",
  "-p 80",
  "-P",
  "-p 7000-7002:80-82/udp",
  "--ip 10.9.0.9",
  "--subnet 10.9.0.0/24",
  "--subnet 10.9.0.0/25",
  "--internal n1",
  "-d macvlan -o parent=eth0.7 n2",
  "n1",
  "n2",
  "c1",
  "c2",
  "n1 c1",
  "n2 c2",
  "bridge c1",
  "c1 c2",
  "c1 c9",
  "alpine sleep 1000",
  "nginx",
  "redis",
  "alpine true",
  "alpine sh -c 'exit 3'",
  "--link c1:friend",
  "--network-alias web",
  "--restart always",
  "--restart on-failure:2",
  "-e A=1",
  "-l a=b",
  "-u nobody",
  "--dns 9.9.9.9",
  "--mac-address 02:42:ac:11:00:09",
  "c1 id",
  "c1 ip addr",
  "c2 ping -c 1 c1",
  "c1 sh -c 'ls | wc -l'",
  "-f '{{json .}}' c1",
  "--format '{{.Names}}'",
  "--filter name=c",
  "--health-cmd true --health-interval 1s",
  "--sysctl net.ipv4.ip_forward=1",
  "--cap-add NET_ADMIN",
  "--privileged",
  "v1",
  "-v v1:/data",
];
