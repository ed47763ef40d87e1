import { Prng } from "../../src/base/prng.ts";
import type { Act } from "./both-kernels.ts";
import { type Frame, type Header, icmp, tcp, udp } from "./raw-frames.ts";

const states =
  "INVALID;NEW;ESTABLISHED;RELATED;SNAT;DNAT;NEW,RELATED --ctstatus CONFIRMED;ESTABLISHED --ctdir REPLY;ESTABLISHED --ctdir ORIGINAL;ESTABLISHED --ctexpire 400:1000000;NEW --ctexpire 0;RELATED --ctdir REPLY";
const questions =
  "ctorigdst 10.0.1.1;ctreplsrc 10.0.2.2;ctrepldst 10.0.2.1;ctorigsrcport 1000;ctrepldstport 1000:1002;ctorigdstport 80;ctreplsrcport 8000;ctstatus SEEN_REPLY";
const translations = [
  "-A POSTROUTING -o r2 -j MASQUERADE",
  "-A POSTROUTING -o r2 -j SNAT --to-source 10.0.2.1",
  "-A POSTROUTING -o r2 -p tcp -j MASQUERADE --to-ports 3000-3005",
  "-A POSTROUTING -o r1 -j SNAT --to-source 10.0.1.1",
];
const settings = ["tcp_loose=1", "tcp_loose=0", "tcp_be_liberal=1", "tcp_ignore_invalid_rst=1"];
const SYN = 2;
const ACK = 16;

/**
 * Segments, datagrams and ICMP errors of three connections, drawn from a seed: some as they should be, some out of order,
 * out of the window, of other flags. In between `look` is typed.
 */
export function randomExchange(seed: number, look: string): Act[] {
  const random = new Prng(seed).fork("random exchange");
  const pick = <T>(from: readonly T[]): T => from[random.below(from.length)]!;
  const translates = random.chance(1, 2);
  const translation = pick(translations);
  const rules = ["*mangle"];
  for (const chain of ["PREROUTING", "FORWARD", "POSTROUTING", "OUTPUT"])
    rules.push(...states.split(";").map((state) => `-A ${chain} -m conntrack --ctstate ${state}`));
  for (const question of questions.split(";"))
    rules.push(`-A FORWARD -m conntrack --${question}`, `-A FORWARD -m conntrack ! --${question}`);
  rules.push(
    "COMMIT",
    "*filter",
    ...pick([
      [],
      [
        "-A FORWARD -p tcp --tcp-flags ALL RST -j REJECT",
        "-A FORWARD -p tcp --tcp-flags PSH PSH -m conntrack --ctdir REPLY -j REJECT --reject-with tcp-reset",
      ],
    ]),
    "COMMIT",
  );
  if (translates) {
    const published = (name: string): string =>
      `-A PREROUTING -d 10.0.1.1 -p ${name} --dport 80 -j DNAT --to-destination 10.0.2.2:8000`;
    rules.push("*nat", published("tcp"), published("udp"), translation, "COMMIT");
  }
  const acts: Act[] = [
    `ip netns exec r sysctl -qw net.netfilter.nf_conntrack_${pick(settings)}`,
    `ip netns exec r iptables-restore <<'END'\n${rules.join("\n")}\nEND`,
  ];
  const connections = [0, 1, 2].map((i) => ({
    sport: 1000 + i,
    protocol: pick(["tcp", "tcp", "tcp", "udp"]),
    first: [1000 + random.below(1000), 5000 + random.below(1000)] as const,
  }));
  for (let block = 0; block < 6; block++) {
    const back = random.chance(1, 2);
    const frames: Frame[] = [];
    for (let k = 1 + random.below(3); k > 0; k--) {
      const { sport, protocol, first } = pick(connections);
      const published = translates && random.chance(2, 3);
      const there: Header & { sport: number; dport: number } = {
        ...{ src: "10.0.1.2", dst: published ? "10.0.1.1" : "10.0.2.2", sport, from: "c1" },
        dport: published ? 80 : 8000,
      };
      const hidden = translates && translation.includes("-o r2 -j");
      const answer: typeof there = {
        ...{ src: "10.0.2.2", dst: hidden ? "10.0.2.1" : "10.0.1.2", from: "c2" },
        ...{ sport: 8000, dport: sport },
      };
      const [said, other] = back ? [answer, there] : [there, answer];
      if (random.chance(1, 8)) {
        const quoted = (protocol === "udp" ? udp(other) : tcp({ ...other, flags: SYN })).slice(14, 42);
        const kind = { type: pick([3, 11, 3, 5, 4]), code: pick([0, 1, 3, 4]), rest: [0, 0, 5, 0] };
        frames.push(icmp({ ...said, dst: other.src, ...kind, data: quoted }));
        continue;
      }
      if (protocol === "udp") {
        frames.push(udp(said));
        continue;
      }
      const usual = block >= 2 ? ACK : back ? SYN | ACK : SYN;
      const flags = random.chance(1, 2) ? usual : pick([SYN, SYN | ACK, ACK, 24, 17, 4, 20, 1, 0, 41, 25]);
      const isSyn = (flags & SYN) !== 0;
      const [own, peer] = back ? [first[1], first[0]] : first;
      frames.push(
        tcp({
          ...{ ...said, flags },
          seq: own + pick([0, 1, 1, 1, 2, 11, 500, -1, 70000]),
          ack: (flags & ACK) === 0 ? 0 : peer + pick([0, 1, 1, 1, 2, 11, 500, -1]),
          window: pick([1000, 65535, 0, 100]),
          tcpOptions: isSyn ? pick([[], [2, 4, 5, 180, 1, 3, 3, 7], [2, 4, 5, 180], [4, 2, 1, 1]]) : [],
          data: Array<number>(isSyn ? 0 : pick([0, 0, 0, 10, 100])).fill(7),
        }),
      );
    }
    acts.push({ from: back ? "c2" : "c1", frames });
    if (block % 2 === 1) acts.push(look);
  }
  return acts;
}
