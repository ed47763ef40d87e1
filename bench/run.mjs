// npm run bench [-- --quick] [--json FILE] [--only forwarding,build,start,events] [--rounds N]
// Every figure comes from fresh processes on one processor, ours and those of our peers in turn, round after round; a
// ratio is the median of the rounds' ratios. The time is the processor's, since other work on the machine takes none of it.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Figures } from "./figures.mjs";
import {
  checkWireBytes,
  concludeForwarding,
  measureRound,
  printForwarding,
} from "./forwarding/forwarding.mjs";
import { openPeers } from "./peers/peers.mjs";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    only: { type: "string", default: "forwarding" },
    rounds: { type: "string" },
  },
});
const { quick } = options;
const rounds = Number(options.rounds ?? (quick ? 2 : 7));
const parts = options.only.split(",");
const figures = new Figures();

if (parts.includes("forwarding")) {
  const peers = openPeers();
  for (const reason of peers.missing) console.log(reason);
  if (peers.c !== null) checkWireBytes(peers.c);
  for (let round = 0; round < rounds; round++) measureRound(figures, peers, quick);
  concludeForwarding(figures);
  printForwarding(figures);
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);
