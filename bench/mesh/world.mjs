// The routing mesh on the full engine, and its client and task: everything is done by the commands that build it on the
// real kernel as well (commands.mjs).
import { Lab } from "../../dist/lab/lab.js";
import { PLAIN_CPU, PLAIN_WIRE } from "../../dist/lab/topology.js";
import { UdpSocket } from "../../dist/net/udp-socket.js";
import { LabWorld } from "../../dist/scenario/lab-world.js";
import * as ipv4 from "../../dist/wire/ipv4.js";
import { parse } from "../../dist/wire/ipv4-address.js";
import * as udp from "../../dist/wire/udp.js";
import { MACHINES, meshCommands, NAMESPACES, PUBLISHED, TASK } from "./commands.mjs";

/** Requests that are under way at once. */
export const BURST = 64;
/** Virtual time between two bursts: a new connection each time makes 32,000 a second, as on the real kernel. */
const PAUSE = 2_000_000;
/** Ports of old connections, and those that new ones take in turn. */
const FIRST_OLD_PORT = 61440;
const FIRST_PORT = 1024;
const LAST_PORT = FIRST_OLD_PORT - 1;

const macOf = (address) =>
  `02:42:${address
    .split(".")
    .map((byte) => Number(byte).toString(16).padStart(2, "0"))
    .join(":")}`;

function buildLab() {
  const hosts = Object.entries(MACHINES).map(([name, address]) => ({
    name,
    router: false,
    gateway: null,
    cpu: PLAIN_CPU,
    nics: [
      {
        name: "eth0",
        mac: macOf(address),
        address: { address, prefixLength: 16 },
        mtu: 1500,
        switch: "sw",
        wire: PLAIN_WIRE,
      },
    ],
  }));
  const lab = new Lab({ hosts, switches: [{ name: "sw", mtu: 1500 }], trunks: [] });
  const world = new LabWorld(lab, { record: false });
  for (const [name, host] of Object.entries(NAMESPACES)) world.apply(host, `ip netns add ${name}`);
  const path = (where) => (where in NAMESPACES ? `${NAMESPACES[where]}/${where}` : where);
  for (const [where, command] of meshCommands((name) => name)) world.apply(path(where), command);
  return { lab, namespace: (where) => lab.namespace(path(where)) };
}

/** `size`: bytes of each request, a multiple of four. The task sends each one back; the client counts what comes, and checks its number. */
export function buildMesh(size) {
  const { lab, namespace } = buildLab();
  const { world } = lab;
  const client = namespace("ex");
  const to = parse(PUBLISHED.address);
  const counts = { requests: 0, answers: 0, wrong: 0 };

  const task = new UdpSocket(namespace("task"));
  task.bind(0, TASK.port);
  const reply = new Uint8Array(size);
  const replyView = new DataView(reply.buffer);
  task.receiver = (packet) => {
    counts.requests++;
    const { view, at, networkAt, transportAt } = packet;
    for (let i = 0; i < size; i += 4) replyView.setInt32(i, view.getInt32(at + i));
    task.sendTo(ipv4.src(view, networkAt), udp.srcPort(view, transportAt), reply);
  };

  /** Each request begins with its number, and the answer must. */
  const request = Uint8Array.from({ length: size }, (_, i) => i * 7 + 13);
  const requestView = new DataView(request.buffer);
  let number = 0;
  let firstOfBurst = 0;
  const receiver = (packet) => {
    const got = packet.view.getInt32(packet.at);
    if (packet.length === size && got >= firstOfBurst && got < number) counts.answers++;
    else counts.wrong++;
  };
  const open = (port) => {
    const socket = new UdpSocket(client);
    socket.bind(0, port);
    socket.connect(to, PUBLISHED.port);
    socket.receiver = receiver;
    return socket;
  };
  const send = (socket) => {
    requestView.setInt32(0, number++);
    socket.send(request);
  };

  const old = [];
  let next = 0;
  /** Round trips over the first `connections` old connections in turn. */
  const overOld = (count, connections) => {
    while (old.length < connections) old.push(open(FIRST_OLD_PORT + old.length));
    for (let sent = 0; sent < count; ) {
      firstOfBurst = number;
      for (let i = 0; i < BURST && sent < count; i++, sent++) send(old[next++ % connections]);
      world.settle();
      world.advance(PAUSE);
    }
  };

  let port = LAST_PORT;
  const sockets = [];
  /** Round trips over a new connection each: a socket that is opened, used once and closed. */
  const overNew = (count) => {
    for (let sent = 0; sent < count; ) {
      firstOfBurst = number;
      for (let i = 0; i < BURST && sent < count; i++, sent++) {
        if (++port > LAST_PORT) port = FIRST_PORT;
        const socket = open(port);
        sockets.push(socket);
        send(socket);
      }
      world.settle();
      for (const socket of sockets) socket.close();
      sockets.length = 0;
      world.advance(PAUSE);
    }
  };

  return { namespace, counts, overOld, overNew };
}
