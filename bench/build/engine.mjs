// Builds a large world on the full engine and measures it: HOSTS machines on one switch, each with a bridge, a VTEP and
// CONTAINERS network namespaces that are up, addressed and listen on a UDP port; one of the namespaces then reaches another.
// usage: node --expose-gc engine.mjs HOSTS CONTAINERS      prints one line of JSON
import { addBridge } from "../../dist/bridge/add-bridge.js";
import { Lab } from "../../dist/lab/lab.js";
import { PLAIN_CPU, PLAIN_WIRE } from "../../dist/lab/topology.js";
import { addVeth } from "../../dist/link/veth.js";
import * as inetAddress from "../../dist/net/inet-address.js";
import { UdpSocket } from "../../dist/net/udp-socket.js";
import { addVxlan } from "../../dist/vxlan/add-vxlan.js";

const [hostCount, containerCount] = process.argv.slice(2).map(Number);
const PORT = 9000;
const dotted = (address) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
const hostAddress = (n) => (0xac0a0100 + n) | 0;
const containerAddress = (n) => (0x0a030100 + n) | 0;

function memory() {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { used: heapUsed + external, rss };
}

function buildHost(host, n) {
  const { root } = host;
  const bridge = addBridge(root, "br0");
  bridge.device.setUp(true);
  const vtep = addVxlan(root, "vx42", {
    vni: 42,
    dstPort: 4789,
    local: hostAddress(n),
    remote: hostAddress((n + 1) % hostCount),
    learning: true,
    udpCsum: false,
  });
  bridge.addPort(vtep);
  vtep.setUp(true);
  const sockets = [];
  for (let i = 0; i < containerCount; i++) {
    const ns = host.addNamespace(`c${i}`);
    const outer = addVeth(root, `v${i}`, { mtu: 1450 }, ns, "eth0", { mtu: 1450 });
    bridge.addPort(outer);
    outer.setUp(true);
    const device = outer.peer;
    device.setUp(true);
    ns.loopback.setUp(true);
    const address = containerAddress(n * containerCount + i);
    inetAddress.add(device, {
      address,
      peer: address,
      prefixLength: 16,
      broadcast: 0,
      scope: 0,
      label: "eth0",
      noprefixroute: false,
    });
    const socket = new UdpSocket(ns);
    socket.bind(address, PORT);
    sockets.push(socket);
  }
  return sockets;
}

const before = memory();
const start = process.cpuUsage();
const hosts = Array.from({ length: hostCount }, (_, n) => ({
  name: `h${n}`,
  router: false,
  gateway: null,
  cpu: PLAIN_CPU,
  nics: [
    {
      name: "eth0",
      mac: `02:42:${[24, 16, 8, 0].map((shift) => ((hostAddress(n) >>> shift) & 255).toString(16).padStart(2, "0")).join(":")}`,
      address: { address: dotted(hostAddress(n)), prefixLength: 16 },
      mtu: 1500,
      switch: "s",
      wire: PLAIN_WIRE,
    },
  ],
}));
const lab = new Lab({ hosts, switches: [{ name: "s", mtu: 1500 }], trunks: [] });
const sockets = lab.hosts.map(buildHost);
lab.world.settle();
const { user, system } = process.cpuUsage(start);
const after = memory();

// All of it works: from the last container of the first host to the first of the second one.
// (Wires take no time, so that this instant is enough; a moment later a thousand bridges report their groups to all others.)
sockets[0].at(-1).sendTo(containerAddress(containerCount), PORT, new Uint8Array(8));
lab.world.settle();
if (sockets[1][0].receive()?.src !== containerAddress(containerCount - 1))
  throw new Error("a packet was lost");
const namespaces = hostCount * containerCount;
console.log(
  JSON.stringify({
    ms: (user + system) / 1e3,
    bytesPerNamespace: (after.used - before.used) / namespaces,
    residentBytesPerNamespace: (after.rss - before.rss) / namespaces,
  }),
);
