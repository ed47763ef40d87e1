import { describe, expect, test } from "vitest";
import { onBoth } from "./both-kernels.ts";
import { countingRules } from "./counting-rules.ts";
import { randomExchange } from "./random-exchange.ts";
import { build } from "./random-rules.ts";
import { oddFrames } from "./raw-frames.ts";
import { IN_REAL_TIME, whyNoKernel } from "./real-kernel.ts";

const reason = whyNoKernel();
if (reason !== null) console.warn(`packets byte by byte are not compared with the real kernel: ${reason}`);

/** One seed: `SEED=7 npx vitest run test/kernel/raw-packets.test.ts`; else a few. */
const asked = process.env["SEED"];
const seeds = asked === undefined ? [1, 2, 3, 4] : [Number(asked)];

/** Both ends of the router hear everything and answer nothing; the router tells of all errors, however many. */
const setUp = [
  ...build,
  "for n in c1 c2; do ip netns exec $n iptables -A INPUT -i e0 -j DROP; done",
  "ip netns exec r sysctl -qw net.ipv4.icmp_ratemask=0",
].join("\n");
const entries =
  "ip netns exec r conntrack -L 2>/dev/null | sed 's/^\\([a-z]* *[0-9]*\\) [0-9]*/\\1 N/; s/ use=.*//; s/id=[0-9]*/id=N/g'";

/** Times of day; ports that were drawn, in the ranges from which Linux draws them. */
function masked(text: string): string {
  return text
    .replaceAll(/^# (Generated|Completed) .*$/gm, "# $1")
    .replaceAll(/dport=(\d+)(?= (?:\[|mark))/g, (word, port) =>
      [1000, 1001, 1002, 8000].includes(Number(port)) ? word : `dport=${Number(port) < 1024 ? "low" : "P"}`,
    )
    .split("\n")
    .sort()
    .join("\n");
}

describe.skipIf(reason !== null)("packets byte by byte on both sides", IN_REAL_TIME, () => {
  test("each match counts the same packets in each chain, whatever is wrong with them", async () => {
    const { real, simulated } = await onBoth(
      1,
      [
        setUp,
        "for d in all default r1; do ip netns exec r sysctl -qw net.ipv4.conf.$d.rp_filter=0; done",
        "ip -n r route add 192.0.2.0/24 via 10.0.2.2; ip -n r route add blackhole 10.0.9.0/24",
        `ip netns exec r iptables-restore <<'END'\n${countingRules()}\nEND`,
        { from: "c1", frames: oddFrames },
        "ip netns exec r iptables-save -c -t mangle",
        entries,
      ],
      masked,
    );
    expect(simulated).toEqual(real);
  });

  test.each(seeds)(
    "seed %i: the same states, translations and answers to whatever two ends say",
    async (seed) => {
      const { real, simulated } = await onBoth(
        seed,
        [setUp, ...randomExchange(seed, entries), "ip netns exec r iptables-save -c"],
        masked,
      );
      expect(simulated, `SEED=${seed} npx vitest run test/kernel/raw-packets.test.ts`).toEqual(real);
    },
  );
});
