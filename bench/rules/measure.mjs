// The overlay of the forwarding bench, whose packets all pass so many rules of the receiving container's INPUT, none of which
// is for them. No leg is remembered: each packet is asked by each rule, as the first packet of a flow is.
// usage: node --expose-gc measure.mjs RULES      answers turns
import { netfilterOf } from "../../dist/netfilter/netfilter.js";
import { Rule } from "../../dist/netfilter/rule.js";
import { buildOverlay, FLOWS } from "../forwarding/overlay.mjs";
import { heapBytes, measure } from "../measuring.mjs";
import { takeTurns } from "../peers/turns.mjs";

const rules = Number(process.argv[2]);
const PACKETS = 256;
const overlay = buildOverlay({ netfilter: true });
overlay.world.remembersLegs = false;
overlay.world.generation++;
const tables = [...overlay.hosts[1].namespaces.values()].map((ns) => netfilterOf(ns).table("filter"));
for (const table of tables) {
  const draft = table.edit();
  for (let i = 0; i < rules; i++) {
    const value = {
      source: `10.99.${i >> 8}.${i & 255}/32`,
      protocol: 17,
      matches: [{ name: "udp", dport: [53, 53] }],
      target: { name: "DROP" },
    };
    draft.append(
      "INPUT",
      new Rule(value, `-t filter -A INPUT -s ${value.source} -p udp -m udp --dport 53 -j DROP`),
    );
  }
  table.commit(draft);
}
const payload = new Uint8Array(64);
const send = (count) => overlay.send(count, payload);
/** Packets that came to the end of the chains. */
const passed = () => tables.reduce((sum, table) => sum + table.chains.get("INPUT").packets, 0);
const before = [overlay.received.packets, passed()];
send(FLOWS);
if (overlay.received.packets - before[0] !== FLOWS || passed() - before[1] !== FLOWS)
  throw new Error("a packet was lost, or passed by the rules");
send(rules > 1000 ? 20_000 : 100_000);
await takeTurns(
  (seconds) => ({ nsPerPacket: measure(send, PACKETS, seconds).nanoseconds }),
  () => ({ bytesPerPacket: heapBytes(send, 64 * PACKETS) }),
);
