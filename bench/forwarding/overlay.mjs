// The world that the forwarding bench measures: two hosts on one wire, 16 containers each, one VXLAN overlay (VNI 42).
// Everything is real engine: veth pairs, bridges that learn, VTEPs with an FDB, routes, neighbours, UDP sockets.
import { addBridge } from "../../dist/bridge/add-bridge.js";
import { addVeth } from "../../dist/link/veth.js";
import { Host } from "../../dist/net/host.js";
import * as inetAddress from "../../dist/net/inet-address.js";
import { Kernel } from "../../dist/net/kernel.js";
import { UdpSocket } from "../../dist/net/udp-socket.js";
import { netfilterOf } from "../../dist/netfilter/netfilter.js";
import { registerNetfilter } from "../../dist/netfilter/register-netfilter.js";
import { World } from "../../dist/sim/world.js";
import { addNic, connect } from "../../dist/underlay/nic.js";
import { addVxlan } from "../../dist/vxlan/add-vxlan.js";

const CONTAINERS = 16;
export const FLOWS = CONTAINERS * CONTAINERS;
/** Packets that are under way at once. */
export const BURST = 32;
const PORT = 9000;
const FIRST_SOURCE_PORT = 40000;
/** 02:42 and the address, as Docker makes them. */
const macOf = (address) => ({ hi: 0x0242, lo: address });
const containerAddress = (host, i) => 0x0a030000 | (host === 0 ? 2 + i : 32 + i) | 0;
const hostAddress = (host) => (0xac0a000f + host) | 0;

function addAddress(device, address, prefixLength) {
  const spec = { address, peer: address, prefixLength, broadcast: 0, scope: 0, label: device.name };
  inetAddress.add(device, { ...spec, noprefixroute: false });
}

const PLAIN = { delay: 0, rate: 0, queue: 1000 };

/**
 * `wire`: `{ delay, rate, queue }` of the wire between the hosts; `identifications`: those of the sending
 * host, instead of its own; `netfilter`: every namespace has the tables filter, mangle and raw of iptables, empty, and its
 * bridges ask them (not nat, with which connections are tracked); all else is for the VTEPs.
 */
export function buildOverlay({ wire = PLAIN, identifications, netfilter = false, ...vtepOptions } = {}) {
  const world = new World(1);
  const kernel = new Kernel();
  if (netfilter) registerNetfilter(kernel);
  const hosts = [0, 1].map((n) => {
    const host = new Host(world, kernel, n === 0 ? "a" : "b");
    if (n === 0 && identifications !== undefined)
      Object.defineProperty(host, "identifications", { value: identifications });
    host.root.loopback.setUp(true);
    const nic = addNic(host.root, "eth0", macOf(hostAddress(n)), 1500);
    addAddress(nic, hostAddress(n), 24);
    return { host, nic };
  });
  connect(hosts[0].nic, hosts[1].nic, wire);
  const received = { packets: 0, bytes: 0 };
  const sockets = [];
  const flows = [];
  hosts.forEach(({ host, nic }, n) => {
    nic.setUp(true);
    const bridge = addBridge(host.root, "br0");
    bridge.mcastSnooping = false; // no IGMP of its own among the frames that are compared
    bridge.device.setUp(true);
    const options = { vni: 42, dstPort: 4789, local: hostAddress(n), remote: hostAddress(1 - n), lower: nic };
    const vtep = addVxlan(host.root, "vx42", { ...options, udpCsum: false, ...vtepOptions });
    bridge.addPort(vtep);
    vtep.setUp(true);
    for (let i = 0; i < CONTAINERS; i++) {
      const address = containerAddress(n, i);
      const ns = host.addNamespace(`c${i}`);
      const outer = addVeth(host.root, `v${i}`, { mtu: 1450 }, ns, "eth0", {
        mtu: 1450,
        mac: macOf(address),
      });
      bridge.addPort(outer);
      outer.setUp(true);
      outer.peer.setUp(true);
      addAddress(outer.peer, address, 24);
      if (n === 0) continue;
      const socket = new UdpSocket(ns);
      socket.bind(address, PORT);
      socket.receiver = (packet) => {
        received.packets++;
        received.bytes += packet.length;
      };
      sockets.push(socket);
    }
  });
  for (let flow = 0; flow < FLOWS; flow++) {
    const ns = hosts[0].host.namespaces.get(`c${flow % CONTAINERS}`);
    const socket = new UdpSocket(ns);
    socket.bind(containerAddress(0, flow % CONTAINERS), FIRST_SOURCE_PORT + flow);
    flows.push({ socket, to: containerAddress(1, Math.floor(flow / CONTAINERS)) });
  }
  if (netfilter)
    for (const { host } of hosts)
      for (const ns of [host.root, ...host.namespaces.values()])
        for (const name of ["filter", "mangle", "raw"]) netfilterOf(ns).table(name);
  let next = 0;
  /** Sends `count` datagrams, a burst at a time, over the first `flowCount` flows in turn, and runs the world. */
  const send = (count, payload, flowCount = FLOWS) => {
    for (let sent = 0; sent < count; ) {
      for (let i = 0; i < BURST && sent < count; i++, sent++) {
        const flow = flows[next++ % flowCount];
        flow.socket.sendTo(flow.to, PORT, payload);
      }
      if (wire.delay === 0) world.settle();
      else world.advance(2 * wire.delay);
    }
  };
  // Everybody learns everybody, so that only forwarding is left to measure.
  send(4 * FLOWS, new Uint8Array(64));
  const sendOne = (flow, payload) => {
    flows[flow].socket.sendTo(flows[flow].to, PORT, payload);
    world.settle();
  };
  const parts = { hosts: hosts.map(({ host }) => host), nics: hosts.map(({ nic }) => nic), sockets };
  return { world, ...parts, received, send, sendOne };
}
