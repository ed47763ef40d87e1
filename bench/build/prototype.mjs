// What a large world costs as plain objects that can do nothing but forward: the yardstick of bench/build. The same world
// as engine.mjs builds, with tables of a fixed size and without names, addresses to look up, settings or causes.
// usage: node --expose-gc prototype.mjs HOSTS CONTAINERS      prints one line of JSON
const [hostCount, containerCount] = process.argv.slice(2).map(Number);
const MAC_HI = 0x0242;
const mask = (bits) => (bits === 0 ? 0 : -1 << (32 - bits));
const hostRoutes = [
  [0xac110000, 16, 0, 2],
  [0xac120000, 16, 0, 3],
  [0xac0a0000, 16, 0, 1],
  [0, 0, 0xac0a0001, 1],
];
const containerRoutes = [
  [0x0a030000, 24, 0, 1],
  [0xac120000, 16, 0, 2],
  [0, 0, 0xac120001, 2],
];

/** Open addressing from two numbers to one, in rows of four. */
class Table {
  constructor(bits = 8) {
    this.mask = (1 << bits) - 1;
    this.cells = new Int32Array(4 << bits);
  }

  set(a, b, value) {
    const { cells, mask } = this;
    const hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
    let i = (hash ^ (hash >>> 15)) & mask;
    while (cells[i * 4 + 2] !== 0 && !(cells[i * 4] === a && cells[i * 4 + 1] === b)) i = (i + 1) & mask;
    cells[i * 4] = a;
    cells[i * 4 + 1] = b;
    cells[i * 4 + 2] = value;
    cells[i * 4 + 3] = 0;
  }
}

class Routes {
  constructor(list) {
    this.n = list.length;
    const rows = list.flatMap(([network, bits, gateway, device]) => [
      network & mask(bits),
      mask(bits),
      gateway,
      device,
    ]);
    this.cells = new Int32Array(rows);
  }
}

class Device {
  constructor(name, mtu) {
    this.name = name;
    this.mtu = mtu;
    this.up = true;
    this.tap = null;
    this.counters = new Float64Array(4);
  }
}

class Veth extends Device {
  constructor(name, mtu) {
    super(name, mtu);
    this.peer = null;
    this.owner = null;
    this.port = 0;
  }
}

class Bridge extends Device {
  constructor(name) {
    super(name, 1500);
    this.fdb = new Table();
    this.ports = [null];
  }

  attach(device) {
    device.owner = this;
    device.port = this.ports.push(device) - 1;
  }
}

class Vtep extends Device {
  constructor(name, vni, stack) {
    super(name, 1450);
    this.vni = vni;
    this.stack = stack;
    this.fdb = new Table();
    this.owner = null;
    this.port = 0;
  }
}

class Stack {
  constructor(address, device, routes) {
    this.address = address;
    this.hi = MAC_HI;
    this.lo = address;
    this.device = device;
    device.owner = this;
    this.routes = new Routes(routes);
    this.neighbours = new Table();
    this.sockets = new Table();
    this.vnis = new Table(2);
    this.receivers = [null];
    this.id = 0;
    this.full = false;
    this.fragment = 0x4000;
  }

  bind(address, port, receiver) {
    this.sockets.set(address, port, this.receivers.push(receiver) - 1);
  }
}

class Socket {
  constructor() {
    this.packets = 0;
    this.bytes = 0;
    this.last = 0;
    this.tap = null;
  }
}

class VxlanPort {
  constructor(vnis, vteps) {
    this.vnis = vnis;
    this.vteps = vteps;
  }
}

function pair(a, b) {
  a.peer = b;
  b.peer = a;
}

globalThis.gc();
const start = process.cpuUsage();
const wire = new Bridge("switch");
wire.fdb = new Table(Math.ceil(Math.log2(hostCount * 2 + 2)));
const hosts = [];
for (let n = 0; n < hostCount; n++) {
  const eth0 = new Veth("eth0", 1500);
  const port = new Veth("p", 1500);
  pair(eth0, port);
  wire.attach(port);
  const address = (0xac0a0100 + n) | 0;
  const stack = new Stack(address, eth0, hostRoutes);
  wire.fdb.set(MAC_HI, address, port.port);
  const bridge = new Bridge("br0");
  const vtep = new Vtep("vx", 42, stack);
  stack.bind(address, 4789, new VxlanPort(new Table(2), [null, vtep]));
  const containers = Array.from({ length: containerCount }, (_, i) => {
    const outer = new Veth("v", 1450);
    const inner = new Veth("eth0", 1450);
    pair(outer, inner);
    bridge.attach(outer);
    const container = new Stack((0x0a030000 + n * containerCount + i) | 0, inner, containerRoutes);
    container.bind(container.address, 9000, new Socket());
    return container;
  });
  bridge.attach(vtep);
  hosts.push({ eth0, stack, bridge, vtep, containers });
}
const { user, system } = process.cpuUsage(start);
console.log(JSON.stringify({ ms: (user + system) / 1e3 }));
