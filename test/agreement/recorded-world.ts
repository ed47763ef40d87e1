import { CATALOGUE } from "../../src/docker/images/catalogue.ts";
import type { ImageSpec } from "../../src/docker/images/image-spec.ts";
import { Lab } from "../../src/lab/lab.ts";
import {
  type DaemonOptions,
  type HostSpec,
  type NicSpec,
  PLAIN_CPU,
  PLAIN_WIRE,
  type Topology,
} from "../../src/lab/topology.ts";
import { LabWorld } from "../../src/scenario/lab-world.ts";

const UNDERLAY = "u0";
const OUTSIDE = "w0";

function nic(name: string, mac: string, address: string | null, on: string): NicSpec {
  const at = address === null ? null : { address, prefixLength: 24 };
  return { name, mac, address: at, mtu: 1500, switch: on, wire: PLAIN_WIRE };
}

function host(name: string, nics: readonly NicSpec[], gateway: string | null, more = {}): HostSpec {
  return { name, router: false, nics, gateway, cpu: PLAIN_CPU, ...more };
}

/** A little web server that says whose answer it is, as all images were that serve something. */
const WHOAMI = `#!/bin/sh
trap 'exit 0' TERM INT
PORT=\${PORT:-80}
mkdir -p /www
echo "I'm $(hostname)" > /www/index.html
echo "Listening on :$PORT"
httpd -f -v -p $PORT -h /www &
wait $!
`;

/** It does nothing, and ends when it is told to. */
const IDLE = `#!/bin/sh
trap 'exit 0' TERM INT
echo "database system is ready to accept connections"
while :; do sleep 3600 & wait $!; done
`;

/** What all images have in common: one archive was imported under each name. */
const ROOTFS: Omit<ImageSpec, "names"> = {
  size: 1_984_531,
  layer: "rootfs.tar",
  comment: "Imported from -",
  files: { "/whoami.sh": WHOAMI, "/idle.sh": IDLE },
  layers: [
    {
      files: ["sbin", "usr/sbin", "var/lib", "www"].map((path) => ({
        path,
        kind: "directory",
        mode: 0o755,
        uid: 0,
        gid: 0,
        changed: 0,
        content: "",
      })),
      gone: [],
      size: 0,
    },
  ],
};

function whoami(port: number, ...names: readonly string[]): ImageSpec {
  return { ...ROOTFS, names, command: ["/whoami.sh"], exposed: [port], env: [`PORT=${port}`] };
}

/** All recorded images were one busybox under the wanted names, and there were no others; the newest was the last. */
const IMAGES: readonly ImageSpec[] = [
  { ...CATALOGUE.find(({ names }) => names.includes("alpine:latest"))!, env: [], ...ROOTFS },
  whoami(80, "nginx:alpine", "nginx:latest"),
  whoami(8000, "training/whoami:latest", "training/whoami:2.0"),
  whoami(3000, "fundamentalsofdocker/ch11-web:2.0"),
  {
    ...ROOTFS,
    names: ["fundamentalsofdocker/ch11-db:2.0"],
    command: ["/idle.sh"],
    volumes: ["/var/lib/postgresql/data"],
  },
];

/** The machines as they stood when the records were made: a Docker host and a client, and the world behind a router. */
const topology = (docker: DaemonOptions): Topology => ({
  hosts: [
    host(
      "router",
      [
        nic("u0", "52:54:00:00:00:01", "172.10.0.1", UNDERLAY),
        nic("w0", "52:54:00:00:00:54", "198.51.100.1", OUTSIDE),
      ],
      null,
      { router: true },
    ),
    host("host", [nic("eth0", "52:54:00:0a:00:0f", null, UNDERLAY)], null, { docker }),
    host("client", [nic("eth0", "52:54:00:0a:00:64", "172.10.0.100", UNDERLAY)], "172.10.0.1"),
    host("world", [nic("eth0", "52:54:00:00:00:53", "198.51.100.10", OUTSIDE)], "198.51.100.1"),
  ],
  switches: [
    { name: UNDERLAY, mtu: 1500 },
    { name: OUTSIDE, mtu: 1500 },
  ],
  trunks: [],
  images: IMAGES,
  offline: true,
});

/** What was typed before a session began. */
const PRELUDE: readonly (readonly [host: string, line: string])[] = [
  ["world", "ip addr add 198.51.100.53/24 dev eth0"],
  ["world", "mkdir -p /run/www; echo 'hello from the world' > /run/www/index.html"],
  ["world", "busybox httpd -p 80 -h /run/www"],
  [
    "world",
    "dnsmasq --no-resolv --no-hosts --conf-file=/dev/null --listen-address=198.51.100.53 --bind-interfaces --address=/web.example/198.51.100.10 '--address=/#/' --pid-file=/run/dnsmasq.pid --user=root",
  ],
  ["host", "ip addr add 172.10.0.15/24 brd + dev eth0; ip route add default via 172.10.0.1"],
  ["host", "ip neigh replace 172.10.0.1 lladdr 52:54:00:00:00:01 dev eth0 nud stale"],
  ["host", "printf '127.0.0.1\\tlocalhost\\n172.10.0.15\\thost\\n' > /etc/hosts"],
  ["host", "echo 'nameserver 198.51.100.53' > /etc/resolv.conf"],
  [
    "host",
    `docker images --format '{{.Repository}}:{{.Tag}}' | grep -vE '^(alpine|nginx|training|fundamentals)' | xargs docker rmi`,
  ],
  ["client", "ip neigh replace 172.10.0.1 lladdr 52:54:00:00:00:01 dev eth0 nud stale"],
  ["client", "echo 'nameserver 198.51.100.53' > /etc/resolv.conf"],
];

/** A world as the records' machines were at the beginning of a session. @param docker the engine's options */
export async function recordedWorld(docker: DaemonOptions = {}): Promise<LabWorld> {
  const world = new LabWorld(new Lab(topology(docker)), { record: false });
  for (const [name, line] of PRELUDE) {
    const typed = await world.type(name, line);
    if (typed.status !== 0) throw new Error(`${name}: ${line}: ${typed.output}`);
  }
  return world;
}
