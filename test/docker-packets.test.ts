import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { DockerHost } from "./helpers/docker-host.ts";
import { labWorld } from "./helpers/lab-world.ts";
import { framesPassing } from "./helpers/passing-frames.ts";

/** The frames of a recording, with the random MAC address of docker0 named. */
function recorded(name: string): string[] {
  const path = new URL(`./recorded/docker-packets/${name}.merged.txt`, import.meta.url);
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#")).map(named);
}

function named(line: string): string {
  return line
    .replaceAll("52:54:00:00:00:01", "52:54:00:0a:00:01")
    .replaceAll(/02:42:(?!ac:11:|0a:01:)\S{11}/g, "<docker0>");
}

/** The host, client and world of the recordings, with the containers of s02a. */
class Recordings {
  readonly docker: DockerHost = new DockerHost(
    {},
    labWorld(
      {
        switches: ["u0", "outside"],
        hosts: {
          host: { address: "172.10.0.15", switch: "u0", gateway: "172.10.0.1", mac: "52:54:00:0a:00:0f" },
          client: { address: "172.10.0.100", switch: "u0", gateway: "172.10.0.1", mac: "52:54:00:0a:00:64" },
          world: { address: "198.51.100.10", switch: "outside", gateway: "198.51.100.1" },
        },
        routers: { router: { u0: "172.10.0.1", outside: "198.51.100.1" } },
      },
      { record: true },
    ),
  );

  async start(): Promise<void> {
    const { docker } = this;
    docker.run("c1");
    docker.run("c2");
    docker.run("web3", "bridge", {
      exposed: ["80/tcp"],
      bindings: {
        "80/tcp": [{ HostIp: "", HostPort: "8080" }],
        "4321/udp": [{ HostIp: "", HostPort: "3000" }],
      },
    });
    docker.create("test-net", { subnet: "10.1.0.0/16" });
    docker.run("c3", "test-net");
    docker.run("c4", "test-net");
    for (const line of [
      "mkdir /www",
      "echo hello from the world >/www/index.html",
      "busybox httpd -p 80 -h /www",
    ])
      await docker.world.type("world", line);
    await docker.world.type("host", `mkdir /w3; echo "I'm 322800678c4f" >/w3/index.html`);
    await this.inside("web3", "busybox httpd -p 80 -h /w3");
    // Host and router, host and client know each other, as on the recorded host.
    await docker.world.type("host", "ping -c 1 198.51.100.10");
    docker.world.advance(2e9);
  }

  inside(container: string, command: string): Promise<unknown> {
    return this.docker.world.type("host", `nsenter --net=${this.docker.sandbox(container).key} ${command}`);
  }

  /** The frames that pass the named devices while something is done. */
  async watch(devices: Readonly<Record<string, string>>, act: () => Promise<unknown>): Promise<string[]> {
    const { lab } = this.docker.world;
    for (const device of Object.keys(devices)) lab.device(device).promiscuity++;
    const since = lab.record().length;
    await act();
    this.docker.world.advance(1e8);
    return framesPassing(lab, since, new Map(Object.entries(devices))).map(named);
  }
}

describe("A packets of an engine's host are those that were recorded", () => {
  const recordings = new Recordings();
  beforeAll(() => recordings.start());

  test("A2 a ping from container to container over docker0", async () => {
    const frames = await recordings.watch(
      {
        "host/c1/eth0": "c1-eth0",
        "host/c2/eth0": "c2-eth0",
        "host/docker0": "docker0",
        "host/web3/eth0": "web3-eth0",
      },
      () => recordings.inside("c1", "busybox ping -c 2 172.17.0.3"),
    );
    expect(frames).toEqual(recorded("s02-bridge-ping"));
  });

  test("A2 a ping and a request to the world, masqueraded", async () => {
    const frames = await recordings.watch(
      { "host/c1/eth0": "c1-eth0", "host/docker0": "docker0", "host/eth0": "host-eth0" },
      () =>
        recordings.inside(
          "c1",
          "sh -c 'busybox ping -c 1 198.51.100.10; sleep 0.5; busybox wget -qO- http://198.51.100.10/'",
        ),
    );
    expect(frames).toEqual(recorded("s02-outbound"));
  });

  test("A12 a request of a client to a published port", async () => {
    const frames = await recordings.watch(
      {
        "client/eth0": "client-eth0",
        "host/eth0": "host-eth0",
        "host/docker0": "docker0",
        "host/web3/eth0": "web3-eth0",
      },
      () => recordings.docker.world.type("client", "curl -s -m 3 http://172.10.0.15:8080/"),
    );
    expect(frames).toEqual(recorded("s02-published"));
  });

  test("A6 names: one of a neighbour, one of the world, one that nobody has", async () => {
    const { world } = recordings.docker;
    await world.type("world", "ip addr add 198.51.100.53/24 dev eth0");
    await world.type(
      "world",
      "dnsmasq --no-resolv --no-hosts --conf-file=/dev/null --listen-address=198.51.100.53 --address=/web.example/198.51.100.10 '--address=/#/'",
    );
    // The container, its bridge and the server have been in touch, as on the recorded host.
    await recordings.inside("c3", "busybox ping -c 1 198.51.100.53");
    const frames = await recordings.watch(
      { "host/c3/lo": "c3-lo", "host/c3/eth0": "c3-eth0", "host/eth0": "host-eth0" },
      async () => {
        for (const words of ["-type=a c4", "-type=a web.example", "c2"])
          await recordings.inside("c3", `busybox nslookup ${words} 127.0.0.11`);
      },
    );
    expect(frames).toEqual(recorded("s02-dns"));
  });
});
