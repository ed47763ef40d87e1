// The bench's path in plain C, the yardstick of what the work itself costs: no events, no hooks, no errors to report.
//   container - veth - bridge - VTEP - IPv4 of the host - wire - IPv4 - UDP port 4789 - VTEP - bridge - veth - container
// Two hosts, 16 containers each, VNI 42; everybody knows everybody. Every packet is built, learned from, looked up,
// encapsulated, checked, decapsulated, checked and counted at ten places. Numbers of tables are in host order.
// usage: overlay PAYLOAD FLOWS            answers each turn with nanoseconds of the processor for a packet; the inner UDP checksum
//                                         is left out, as between virtual devices of Linux
//        overlay PAYLOAD FLOWS hashes     prints the FNV-1a hashes of all bytes on the wire and of all bytes delivered, of 4096
//                                         packets whose inner UDP checksum is computed and checked
#include <stdint.h>
#include <string.h>
#include "turns.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

enum { SLOT = 2048, SLOTS = 256, HEADROOM = 128, CONTAINERS = 16, TABLE = 256, BURST = 4096 };
enum { ETHERNET = 14, IPV4 = 20, UDP = 8, VXLAN = 8, OUTER = ETHERNET + IPV4 + UDP + VXLAN, VXLAN_PORT = 4789 };

// A MAC address is its first two bytes (high) and its last four (low).
typedef struct { u64 rx_packets, rx_bytes, tx_packets, tx_bytes; } Counters;
typedef struct { u32 low; u16 high, used; u32 value, seen; } MacEntry;
typedef struct { MacEntry entries[TABLE]; } MacTable;
typedef struct { u32 key, key2, used, value, value_high; } IpEntry;
typedef struct { IpEntry entries[TABLE]; } IpTable;
typedef struct { u32 network, mask, gateway, device; } Route;
typedef struct { Route routes[8]; int count; } Fib;
typedef struct { u64 packets, bytes; u32 seen; } Socket;
typedef struct {
  u32 ip, mac_low;
  u16 mac_high, id;
  Counters eth0, veth;
  u32 mtu;
  IpTable neighbours, sockets;
  Fib fib;
  Socket socket;
} Container;
typedef struct {
  u32 ip, mac_low;
  u16 mac_high, id;
  Counters eth0, bridge, vtep;
  u32 vni, mtu;
  MacTable bridge_fdb, vtep_fdb;
  IpTable neighbours, vnis;
  Fib fib;
  Container containers[CONTAINERS];
} Host;

static Host hosts[2];
static u32 clock_ticks, next_slot;
static u64 drops;
static int checksums;
static u8 slab[SLOT * SLOTS] __attribute__((aligned(64))), payload[SLOT] __attribute__((aligned(64)));
static void (*wire_tap)(const u8 *, int), (*socket_tap)(const u8 *, int);

// ---- bytes

static inline u16 read16(const u8 *p) { u16 v; memcpy(&v, p, 2); return __builtin_bswap16(v); }
static inline u32 read32(const u8 *p) { u32 v; memcpy(&v, p, 4); return __builtin_bswap32(v); }
static inline void write16(u8 *p, u16 v) { v = __builtin_bswap16(v); memcpy(p, &v, 2); }
static inline void write32(u8 *p, u32 v) { v = __builtin_bswap32(v); memcpy(p, &v, 4); }
static inline void write_mac(u8 *p, u32 low, u16 high) { write16(p, high); write32(p + 2, low); }

static inline u32 fold(u32 s) {
  s = (s & 0xffff) + (s >> 16);
  return (s & 0xffff) + (s >> 16);
}

static inline u32 fold64(u64 s) {
  s = (s & 0xffffffff) + (s >> 32);
  s = (s & 0xffffffff) + (s >> 32);
  return fold((s & 0xffff) + (s >> 16));
}

// The sum of 16-bit words in the processor's own order, as RFC 1071 allows.
static inline u32 sum(const u8 *p, int length) {
  u64 s = 0;
  int i = 0;
  for (; i + 4 <= length; i += 4) { u32 v; memcpy(&v, p + i, 4); s += v; }
  if (i + 2 <= length) { u16 v; memcpy(&v, p + i, 2); s += v; i += 2; }
  if (i < length) s += p[i];
  return fold64(s);
}

static inline u32 header_sum(const u8 *p) {
  u32 v[5];
  memcpy(v, p, IPV4);
  return fold64((u64)v[0] + v[1] + v[2] + v[3] + v[4]);
}

static inline u32 udp_sum(const u8 *ip, int length) {
  u32 pseudo = sum(ip + 12, 8) + __builtin_bswap16(17) + __builtin_bswap16(length);
  return fold(pseudo + sum(ip + IPV4, length));
}

static inline void write_ipv4(u8 *ip, u32 length, u16 id, u16 flags, u32 from, u32 to) {
  write32(ip, 0x45000000 | length);
  write32(ip + 4, (u32)id << 16 | flags);
  write32(ip + 8, 0x40110000);
  write32(ip + 12, from);
  write32(ip + 16, to);
  u16 checksum = ~header_sum(ip);
  memcpy(ip + 10, &checksum, 2);
}

// ---- tables

static inline u32 hash(u32 a, u32 b) {
  u32 h = (a * 0x9E3779B1u) ^ (b * 0x85EBCA6Bu);
  return h ^ (h >> 15);
}

static inline MacEntry *find_mac(MacTable *table, u32 low, u16 high) {
  for (u32 i = hash(low, high);; i++) {
    MacEntry *entry = &table->entries[i & (TABLE - 1)];
    if (!entry->used) return NULL;
    if (entry->low == low && entry->high == high) return entry;
  }
}

static void put_mac(MacTable *table, u32 low, u16 high, u32 value) {
  u32 i = hash(low, high);
  while (table->entries[i & (TABLE - 1)].used) i++;
  table->entries[i & (TABLE - 1)] = (MacEntry){low, high, 1, value, clock_ticks};
}

static inline IpEntry *find_ip(IpTable *table, u32 key, u32 key2) {
  for (u32 i = hash(key, key2);; i++) {
    IpEntry *entry = &table->entries[i & (TABLE - 1)];
    if (!entry->used) return NULL;
    if (entry->key == key && entry->key2 == key2) return entry;
  }
}

static void put_ip(IpTable *table, u32 key, u32 key2, u32 value, u32 value_high) {
  u32 i = hash(key, key2);
  while (table->entries[i & (TABLE - 1)].used) i++;
  table->entries[i & (TABLE - 1)] = (IpEntry){key, key2, 1, value, value_high};
}

static inline Route *find_route(Fib *fib, u32 to) {
  for (int i = 0; i < fib->count; i++)
    if ((to & fib->routes[i].mask) == fib->routes[i].network) return &fib->routes[i];
  return NULL;
}

static inline IpEntry *next_hop(Fib *fib, IpTable *neighbours, u32 to) {
  Route *route = find_route(fib, to);
  return route == NULL ? NULL : find_ip(neighbours, route->gateway ? route->gateway : to, 0);
}

// ---- the path

static inline void count(u64 *packets, u64 *bytes, int length) { (*packets)++; *bytes += length; }

static inline int is_mine(const u8 *frame, int length, u32 mac_low, u16 mac_high, u32 address) {
  const u8 *ip = frame + ETHERNET;
  return read16(frame) == mac_high && read32(frame + 2) == mac_low && read16(frame + 12) == 0x0800 && ip[0] == 0x45 &&
         header_sum(ip) == 0xffff && read32(ip + 16) == address && ip[9] == 17 && read16(ip + 2) <= length - ETHERNET;
}

static void container_in(Container *c, u8 *frame, int length) {
  count(&c->eth0.rx_packets, &c->eth0.rx_bytes, length);
  u8 *ip = frame + ETHERNET, *udp = ip + IPV4;
  if (!is_mine(frame, length, c->mac_low, c->mac_high, c->ip)) { drops++; return; }
  int udp_length = read16(udp + 4);
  if (read16(udp + 6) != 0 && udp_sum(ip, udp_length) != 0xffff) { drops++; return; }
  if (find_ip(&c->sockets, c->ip, read16(udp + 2)) == NULL) { drops++; return; }
  c->socket.packets++;
  c->socket.bytes += udp_length - UDP;
  memcpy(&c->socket.seen, udp + UDP, 4);
  if (socket_tap) socket_tap(udp + UDP, udp_length - UDP);
}

static void bridge_in(Host *h, u32 port, u8 *frame, int length);

static void host_in(Host *h, u8 *frame, int length) {
  count(&h->eth0.rx_packets, &h->eth0.rx_bytes, length);
  u8 *udp = frame + ETHERNET + IPV4, *vxlan = udp + UDP;
  if (!is_mine(frame, length, h->mac_low, h->mac_high, h->ip)) { drops++; return; }
  if (read16(udp + 2) != VXLAN_PORT || vxlan[0] != 0x08) { drops++; return; }
  if (find_ip(&h->vnis, read32(vxlan + 4) >> 8, 0) == NULL) { drops++; return; }
  count(&h->vtep.rx_packets, &h->vtep.rx_bytes, length - OUTER);
  bridge_in(h, CONTAINERS, frame + OUTER, length - OUTER);
}

static inline u16 source_port(const u8 *ip) {
  u32 h = (read32(ip + 12) * 0x9E3779B1u) ^ (read32(ip + 16) * 0x85EBCA6Bu) ^ (read32(ip + 20) * 0xC2B2AE35u);
  h ^= h >> 15;
  h *= 0x2545F491u;
  h ^= h >> 13;
  h ^= h << 16;
  return 32768 + (((h >> 16) * (61000 - 32768)) >> 16);
}

static void vtep_out(Host *h, u8 *inner, int length) {
  MacEntry *entry = find_mac(&h->vtep_fdb, read32(inner + 2), read16(inner));
  if (entry == NULL) { drops++; return; }
  count(&h->vtep.tx_packets, &h->vtep.tx_bytes, length);
  u8 *frame = inner - OUTER, *ip = frame + ETHERNET, *udp = ip + IPV4, *vxlan = udp + UDP;
  write16(udp, source_port(inner + ETHERNET));
  write16(udp + 2, VXLAN_PORT);
  write16(udp + 4, length + VXLAN + UDP);
  write16(udp + 6, 0);
  write32(vxlan, 0x08000000);
  write32(vxlan + 4, h->vni << 8);
  u32 to = entry->value;
  write_ipv4(ip, length + OUTER - ETHERNET, ++h->id, 0, h->ip, to);
  IpEntry *hop = next_hop(&h->fib, &h->neighbours, to);
  if (hop == NULL || length + OUTER - ETHERNET > (int)h->mtu) { drops++; return; }
  write_mac(frame, hop->value, hop->value_high);
  write_mac(frame + 6, h->mac_low, h->mac_high);
  write16(frame + 12, 0x0800);
  length += OUTER;
  count(&h->eth0.tx_packets, &h->eth0.tx_bytes, length);
  if (wire_tap) wire_tap(frame, length);
  host_in(&hosts[h == &hosts[0]], frame, length);
}

static void bridge_in(Host *h, u32 port, u8 *frame, int length) {
  count(&h->bridge.rx_packets, &h->bridge.rx_bytes, length);
  MacEntry *source = find_mac(&h->bridge_fdb, read32(frame + 8), read16(frame + 6));
  if (source == NULL) put_mac(&h->bridge_fdb, read32(frame + 8), read16(frame + 6), port);
  else {
    source->seen = clock_ticks;
    if (source->value != port) source->value = port;
  }
  MacEntry *to = find_mac(&h->bridge_fdb, read32(frame + 2), read16(frame));
  if (to == NULL || to->value == port) { drops++; return; }
  if (to->value == CONTAINERS) {
    vtep_out(h, frame, length);
    return;
  }
  Container *c = &h->containers[to->value];
  count(&c->veth.tx_packets, &c->veth.tx_bytes, length);
  container_in(c, frame, length);
}

static void send_udp(Host *h, Container *c, u32 to, u16 from_port, u16 to_port, const u8 *data, int length) {
  IpEntry *hop = next_hop(&c->fib, &c->neighbours, to);
  if (hop == NULL || length + UDP + IPV4 > (int)c->mtu) { drops++; return; }
  u8 *frame = slab + (size_t)(next_slot++ & (SLOTS - 1)) * SLOT + HEADROOM, *ip = frame + ETHERNET, *udp = ip + IPV4;
  memcpy(udp + UDP, data, length);
  write16(udp, from_port);
  write16(udp + 2, to_port);
  write16(udp + 4, length + UDP);
  write16(udp + 6, 0);
  write_ipv4(ip, length + UDP + IPV4, ++c->id, 0x4000, c->ip, to);
  if (checksums) {
    u16 checksum = ~udp_sum(ip, length + UDP);
    if (checksum == 0) checksum = 0xffff;
    memcpy(udp + 6, &checksum, 2);
  }
  write_mac(frame, hop->value, hop->value_high);
  write_mac(frame + 6, c->mac_low, c->mac_high);
  write16(frame + 12, 0x0800);
  length += UDP + IPV4 + ETHERNET;
  count(&c->eth0.tx_packets, &c->eth0.tx_bytes, length);
  count(&c->veth.rx_packets, &c->veth.rx_bytes, length);
  bridge_in(h, (u32)(c - h->containers), frame, length);
}

// ---- the world and its traffic

static u32 container_address(int host, int i) { return 0x0a030000 | (host ? 32 + i : 2 + i); }
static u32 host_address(int host) { return 0xac0a000f + host; }

static void build(void) {
  memset(hosts, 0, sizeof hosts);
  clock_ticks = 1;
  next_slot = 0;
  drops = 0;
  for (int x = 0; x < 2; x++) {
    Host *h = &hosts[x];
    h->ip = h->mac_low = host_address(x);
    h->mac_high = 0x0242;
    h->vni = 42;
    h->mtu = 1500;
    put_ip(&h->vnis, 42, 0, 1, 0);
    put_ip(&h->neighbours, host_address(!x), 0, host_address(!x), 0x0242);
    h->fib = (Fib){{{0xac110000, 0xffff0000, 0, 2}, {0xac120000, 0xffff0000, 0, 3}, {0xac0a0000, 0xffff0000, 0, 1},
                    {0, 0, 0xac0a0001, 1}}, 4};
    for (int i = 0; i < CONTAINERS; i++) {
      Container *c = &h->containers[i];
      c->ip = c->mac_low = container_address(x, i);
      c->mac_high = 0x0242;
      c->mtu = 1450;
      c->fib = (Fib){{{0x0a030000, 0xffffff00, 0, 1}, {0xac120000, 0xffff0000, 0, 2}, {0, 0, 0xac120001, 2}}, 3};
      put_ip(&c->sockets, c->ip, 9000, 1, 0);
      for (int j = 0; j < CONTAINERS; j++)
        put_ip(&c->neighbours, container_address(!x, j), 0, container_address(!x, j), 0x0242);
      put_mac(&h->bridge_fdb, c->mac_low, 0x0242, i);
      put_mac(&h->bridge_fdb, container_address(!x, i), 0x0242, CONTAINERS);
      put_mac(&h->vtep_fdb, container_address(!x, i), 0x0242, host_address(!x));
    }
  }
  for (int i = 0; i < SLOT; i++) payload[i] = (u8)(i * 7 + 13);
}

// Packet `sequence` is of flow `sequence` modulo `flows`, and its first four bytes are the sequence, lowest byte first.
static void send_burst(u32 sequence, int packets, int length, u32 flows) {
  for (int k = 0; k < packets; k++, sequence++) {
    u32 flow = sequence & (flows - 1);
    clock_ticks++;
    memcpy(payload, &sequence, 4);
    send_udp(&hosts[0], &hosts[0].containers[flow & 15], container_address(1, (flow >> 4) & 15), 40000 + flow, 9000,
             payload, length);
  }
}

static u32 fnv;
static void add_to_hash(const u8 *p, int length) {
  for (int i = 0; i < length; i++) fnv = (fnv ^ p[i]) * 16777619u;
}

static int length;
static u32 flows;

static int burst(void) {
  static u32 sequence;
  send_burst(sequence, BURST, length, flows);
  sequence += BURST;
  return BURST;
}

static void print_hashes(void) {
  u32 hashes[2];
  for (int i = 0; i < 2; i++) {
    build();
    fnv = 2166136261u;
    wire_tap = i == 0 ? add_to_hash : NULL;
    socket_tap = i == 1 ? add_to_hash : NULL;
    send_burst(0, 4096, length, flows);
    hashes[i] = fnv;
  }
  printf("%08x %08x\n", hashes[0], hashes[1]);
}

int main(int arguments, char **argument) {
  if (arguments != 3 && arguments != 4) return 2;
  length = atoi(argument[1]);
  flows = atoi(argument[2]);
  checksums = arguments == 4;
  if (checksums) {
    print_hashes();
    return drops != 0;
  }
  build();
  send_burst(0, 100000, length, flows);
  take_turns(burst);
  return drops != 0;
}
