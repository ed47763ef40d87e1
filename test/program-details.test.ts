/** What the real programs do, tried beside them, where no recorded lesson comes by. */
import { expect, test } from "vitest";
import { lab } from "../src/index.ts";

function pair() {
  return lab({ hosts: { a: "172.10.0.15", b: "172.10.0.16" } });
}

test("dig and dnsmasq ask another port over TCP too", async () => {
  const net = pair();
  await net.host("b").run("dnsmasq -p 5353 --address=/x.example/10.9.9.9 --no-resolv");
  await net.host("a").run("dnsmasq --no-resolv --server=172.10.0.16#5353");
  const ask = async (words: string): Promise<string> =>
    (await net.host("a").run(`dig +short +tries=1 +time=2 ${words} x.example`)).stdout;
  expect(await ask("-p 5353 +tcp @172.10.0.16")).toBe("10.9.9.9\n");
  expect(await ask("+tcp @127.0.0.1")).toBe("10.9.9.9\n");
});

test("files that cannot be written are complained of: pid files, logs, dumped headers", async () => {
  const net = pair();
  const said = async (line: string): Promise<string> => {
    const { stdout, stderr, status } = await net.host("a").run(line);
    return `${stdout}${stderr}${status}`;
  };
  const pidFile = (path: string, why: string): string =>
    `\ndnsmasq: failed to open pidfile ${path}: ${why}\n3`;
  expect(await said("dnsmasq -p 53 -x /no/pid")).toBe(pidFile("/no/pid", "No such file or directory"));
  expect(await said("dnsmasq -p 53 -x /tmp")).toBe(pidFile("/tmp", "File exists"));
  expect(await said("dnsmasq -p 53 -x /tmp/pid && grep -c . /tmp/pid")).toBe("1\n0");
  const wget = await said("wget -o /no/log http://172.10.0.16/");
  expect(wget).toBe("wget: can't open '/no/log': No such file or directory\n1");
  // So does curl 7.88 of Debian 12.
  expect(await said("curl -D /no/head http://172.10.0.16/")).toBe("Segmentation fault\n139");
});

test("nc -C writes the end of a line by itself: over UDP it is a datagram", async () => {
  const net = pair();
  const { stdout } = await net
    .host("a")
    .run(
      "tcpdump -l -n -q -c 4 -i eth0 udp port 999 2> /dev/null & printf 'a\\nb\\n' | nc -u -C -w 1 172.10.0.16 999; wait",
    );
  // The other end has no such port, which ends the talk after the first two.
  expect(stdout.match(/length \d+/g)?.slice(0, 2)).toEqual(["length 1", "length 2"]);
});

test("numbers of busybox's applets: what is none, and what is out of range", async () => {
  const net = pair();
  const says = async (words: string): Promise<string> =>
    (await net.host("a").run(`busybox ${words} 127.0.0.1`)).stderr;
  expect(await says("ping -c 2147483648")).toBe("ping: number 2147483648 is not in 0..2147483647 range\n");
  expect(await says("ping -c 4294967296")).toBe("ping: invalid number '4294967296'\n");
  expect(await says("ping -s 70000")).toBe("ping: number 70000 is not in 0..65535 range\n");
  expect(await says("arping -c 2147483648")).toBe(
    "arping: number 2147483648 is not in 0..2147483647 range\n",
  );
  expect(await says("traceroute -m 300")).toBe("traceroute: number 300 is not in 1..255 range\n");
  expect(await says("traceroute -q 0")).toBe("traceroute: number 0 is not in 1..2147483647 range\n");
  expect(await says("nslookup -port=70000")).toBe("nslookup: number 70000 is not in 1..65535 range\n");
  expect(await says("nslookup -retry=0")).toBe("nslookup: number 0 is not in 1..2147483647 range\n");
  expect(await says("wget -T 2147483648")).toBe("wget: number 2147483648 is not in 0..2147483647 range\n");
  expect(await says("nc -w 5x")).toBe("nc: invalid number '5x'\n");
});
