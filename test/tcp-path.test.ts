import { expect, test } from "vitest";
import { lab } from "../src/index.ts";
import { TcpListener } from "../src/net/tcp/tcp-listener.ts";
import { TcpSocket } from "../src/net/tcp/tcp-socket.ts";
import { MILLISECOND } from "../src/sim/time.ts";
import { B, TcpWorld } from "./helpers/tcp-world.ts";

// What stands here as expected was recorded on Linux 6.18 between two namespaces with a router that drops its ICMP errors.

function connected(w: TcpWorld): [TcpSocket, TcpSocket] {
  const listener = new TcpListener(w.b);
  listener.listen(0, 8000, 5);
  const client = new TcpSocket(w.a);
  client.connect(B, 8000);
  w.run(60 * MILLISECOND);
  return [client, listener.accept()!];
}

/** The ranges of the segments with data that `a` has sent from line `begin` on. */
function ranges(w: TcpWorld, begin: number): string[] {
  const sent = w.lines.slice(begin).filter((line) => line.includes("IP 10.0.0.1"));
  return sent.flatMap((line) => /seq (\d+:\d+)/.exec(line)?.[1] ?? []);
}

/** A path that carries no payloads of more than 1024 octets, and tells nobody. */
function swallow(w: TcpWorld): void {
  w.watch = (line) => Number(/length (\d+)/.exec(line)?.[1] ?? 0) <= 1024;
}

test("RFC 4821 7.7 tcp_mtu_probing=1: after three seconds of silence segments become as short as tcp_base_mss", () => {
  const w = new TcpWorld();
  w.a.tcp.settings.tcp_mtu_probing = 1;
  const [client, server] = connected(w);
  swallow(w);
  const begin = w.lines.length;
  client.send(new Uint8Array(1448));
  w.run(9000 * MILLISECOND);
  expect(ranges(w, begin)).toEqual([
    ...["1:1449", "1:1449", "1:1449", "1:1449", "1:1449", "1:1449"],
    ...["1:1025", "1025:1449"],
  ]);
  expect(server.available).toBe(1448);
  client.send(new Uint8Array(3000));
  w.run(100 * MILLISECOND);
  expect(ranges(w, begin).slice(8)).toEqual(["1449:2473", "2473:3497", "3497:4449"]);
});

test("RFC 4821 7.7 what is still too long becomes half as long with each time-out", () => {
  const w = new TcpWorld();
  w.a.tcp.settings.tcp_mtu_probing = 1;
  const [client] = connected(w);
  w.watch = (line) => Number(/length (\d+)/.exec(line)?.[1] ?? 0) <= 300;
  const begin = w.lines.length;
  client.send(new Uint8Array(1448));
  w.run(40_000 * MILLISECOND);
  expect([...new Set(ranges(w, begin))].slice(0, 4)).toEqual(["1:1449", "1:1025", "1:513", "1:257"]);
  expect(w.b.tcp.connections.list()[0]).toMatchObject({ bytesReceived: 1448 });
});

test("without tcp_mtu_probing it stays silent", () => {
  const w = new TcpWorld();
  const [client] = connected(w);
  swallow(w);
  const begin = w.lines.length;
  client.send(new Uint8Array(1448));
  w.run(9000 * MILLISECOND);
  expect([...new Set(ranges(w, begin))]).toEqual(["1:1449"]);
});

test("tcp_mtu_probing=2 begins with segments of tcp_base_mss", () => {
  const w = new TcpWorld();
  w.a.tcp.settings.tcp_mtu_probing = 2;
  const [client] = connected(w);
  const begin = w.lines.length;
  client.send(new Uint8Array(1448));
  w.run(100 * MILLISECOND);
  expect(ranges(w, begin)).toEqual(["1:1025", "1025:1449"]);
});

test("a large receive buffer is announced as soon as windows are scaled", () => {
  const w = new TcpWorld();
  w.b.tcp.settings.tcp_rmem = [4096, 500_000, 900_000];
  const [client] = connected(w);
  client.send(new Uint8Array(200));
  w.run(10 * MILLISECOND);
  expect(w.lines.find((line) => line.includes("[S.]"))).toContain("win 65535");
  expect(w.lines.at(-1)).toContain("win 1945,");
});

/** A connection of port 40001, the only one there is to choose, that the client has closed first. */
function inTimeWait(w: TcpWorld, bind: boolean): void {
  w.a.ipv4 = w.a.ipv4.with({ ip_local_port_first: 40001, ip_local_port_last: 40001 });
  const listener = new TcpListener(w.b);
  listener.listen(0, 8000, 5);
  const client = new TcpSocket(w.a);
  if (bind) client.bind(0, 40001);
  client.connect(B, 8000);
  w.run(10 * MILLISECOND);
  client.close();
  w.run(10 * MILLISECOND);
  listener.accept()!.close();
  w.run(10 * MILLISECOND);
  expect(w.a.tcp.timeWaits).toBe(1);
  w.a.tcp.settings.tcp_tw_reuse = 1;
}

test("tcp_tw_reuse takes a port again after tcp_tw_reuse_delay, and knows already that the other end takes timestamps", () => {
  const w = new TcpWorld();
  inTimeWait(w, false);
  expect(() => new TcpSocket(w.a).connect(B, 8000)).toThrow("Cannot assign requested address");
  w.run(1100 * MILLISECOND);
  const begin = w.lines.length;
  new TcpSocket(w.a).connect(B, 8000);
  w.run(10 * MILLISECOND);
  expect(w.lines[begin]).toContain("win 65160,");
  expect([w.a.tcp.counters.TWRecycled, w.a.tcp.timeWaits]).toEqual([1, 0]);
});

test("a port that a program had asked for is chosen by nobody else, as long as something is left of its connection", () => {
  const w = new TcpWorld();
  inTimeWait(w, true);
  w.run(1100 * MILLISECOND);
  expect(() => new TcpSocket(w.a).connect(B, 8000)).toThrow("Cannot assign requested address");
  w.run(60_000 * MILLISECOND);
  new TcpSocket(w.a).connect(B, 8000);
});

test("what a tunnel's packets suffer is no refusal of the segments in them, and a SYN that comes again gives more time", async () => {
  const net = lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
  const run = async (host: "a" | "b", line: string): Promise<string> =>
    (await net.host(host).run(line)).stdout;
  const tunnel = (other: string, own: string): string =>
    `ip link add vx type vxlan id 4 remote ${other} dstport 4789; ip addr add ${own}/24 dev vx; ip link set vx up`;
  await run("a", tunnel("172.10.0.16", "10.9.0.1"));
  await run("b", tunnel("172.10.0.15", "10.9.0.2"));
  await run("a", "nc -l -p 90 > /dev/null & ping -c 1 10.9.0.2");
  await run("a", "iptables -A OUTPUT -p udp --dport 4789 -j DROP");
  await run("b", "sysctl -qw net.ipv4.tcp_syn_linear_timeouts=4; nc -w 6 10.9.0.1 90 < /dev/null");
  expect(await run("a", "ss -tanH")).toMatch(/^SYN-RECV/m);
  // Had the time not begun anew with each SYN, it would have been over a third time.
  expect(await run("a", "nstat -as TcpExtTCPTimeouts | tail -1")).toMatch(/TCPTimeouts +1 /);
  await run("a", "iptables -F");
});
