/** Rules without a target, which only count: each match with each of its options, as it is and turned over. */

/** What may be asked anywhere. */
function matches(): string[] {
  const rules: string[] = [];
  /** A match by its first words, and each of its questions both ways. */
  const both = (words: string, ...questions: readonly string[]): void => {
    for (const question of questions) rules.push(`${words} ${question}`, `${words} ! ${question}`);
  };
  both(
    "",
    ...["udp", "tcp", "icmp", "47", "esp"].map((name) => `-p ${name}`),
    "-f",
    "-s 10.0.1.2",
    "-d 10.0.2.0/24",
  );
  both("-p udp", "-f");
  for (const range of ["1:53", "53", "0", "65535", ":100", "5000:"])
    for (const name of ["udp", "tcp"]) both(`-p ${name} -m ${name}`, `--sport ${range}`, `--dport ${range}`);
  for (const flags of "ALL SYN;ALL NONE;ALL ALL;SYN,RST SYN;SYN,RST,ACK,FIN SYN;FIN,ACK FIN,ACK;PSH,URG PSH;NONE NONE".split(
    ";",
  ))
    both("-p tcp -m tcp", `--tcp-flags ${flags}`);
  both("-p tcp -m tcp", "--syn", ...[1, 2, 3, 4, 5, 8, 19, 30, 255].map((kind) => `--tcp-option ${kind}`));
  for (const type of "any 0 8 3 3/3 3/13 network-unreachable fragmentation-needed redirect ttl-zero-during-transit time-exceeded parameter-problem address-mask-reply 8/3 255 255/255 40".split(
    " ",
  ))
    both("-p icmp -m icmp", `--icmp-type ${type}`);
  for (const name of ["udp", "tcp", "sctp"])
    for (const list of ["53", "1,53,80:90", "0:100"])
      both(`-p ${name} -m multiport`, `--sports ${list}`, `--dports ${list}`, `--ports ${list}`);
  both("-m length", ...["28", "0:28", "29:", "128", "1428", "30:60"].map((range) => `--length ${range}`));
  rules.push(
    ...["--ttl-eq 64", "! --ttl-eq 64", "--ttl-lt 64", "--ttl-gt 64", "--ttl-lt 2"].map((t) => `-m ttl ${t}`),
  );
  for (const range of ["10.0.1.0-10.0.1.255", "0.0.0.0-10.0.1.1", "224.0.0.0-255.255.255.255", "10.0.1.2"])
    both("-m iprange", `--src-range ${range}`, `--dst-range ${range}`);
  for (const type of "UNSPEC UNICAST LOCAL BROADCAST ANYCAST MULTICAST BLACKHOLE UNREACHABLE PROHIBIT LOCAL,BROADCAST".split(
    " ",
  ))
    both("-m addrtype", `--src-type ${type}`, `--dst-type ${type}`);
  both("-m pkttype", ...["unicast", "broadcast", "multicast"].map((type) => `--pkt-type ${type}`));
  const tests = [
    "6&0xFF=6:17",
    "0>>22&0x3C@0>>24=8",
    "0>>22&0x3C@12>>26&0x3C@0&0xFF=0",
    "12=0x0A000102&&16=0x0A000202,0x0A000101",
    "6&0xFF=6&&4&0x1FFF=0&&0>>22&0x3C@13&0x2=0x2",
    ...["1000", "20", "24", "25"].map((at) => `${at}=0:0xFFFFFFFF`),
    "0&0xF<<4=0x50",
    "0@0=0",
  ];
  both("-m u32", ...tests.map((test) => `--u32 "${test}"`));
  return rules;
}

/** What is asked of connections. */
function connections(): string[] {
  const questions: string[] = [];
  for (const state of "INVALID NEW ESTABLISHED RELATED UNTRACKED SNAT NEW,INVALID".split(" "))
    questions.push(`--ctstate ${state}`);
  for (const status of "NONE EXPECTED SEEN_REPLY ASSURED CONFIRMED SEEN_REPLY,CONFIRMED".split(" "))
    questions.push(`--ctstatus ${status}`);
  for (const name of ["ctorigsrc", "ctorigdst", "ctreplsrc", "ctrepldst"])
    questions.push(`--${name} 10.0.1.2`, `--${name} 10.0.2.0/24`);
  for (const name of ["ctorigsrcport", "ctorigdstport", "ctreplsrcport", "ctrepldstport"])
    questions.push(...["53", "0:100", "2000:3000", "7"].map((range) => `--${name} ${range}`));
  questions.push(...["tcp", "udp", "icmp", "47"].map((name) => `--ctproto ${name}`));
  questions.push(...["0", "1:30", "0:600"].map((range) => `--ctexpire ${range}`));
  const rules = questions.flatMap((question) => [`-m conntrack ${question}`, `-m conntrack ! ${question}`]);
  for (const state of ["INVALID", "NEW", "RELATED"])
    rules.push(`-m state --state ${state}`, `-m state ! --state ${state}`);
  rules.push(
    "-m conntrack --ctdir ORIGINAL",
    "-m conntrack --ctdir REPLY",
    "-m connmark --mark 0",
    "-m connmark ! --mark 0",
  );
  return [
    ...rules,
    "-m conntrack --ctproto 17 ! --ctorigsrcport 7",
    "-m conntrack --ctstate INVALID --ctproto 17",
  ];
}

/** What has an answer only in some chains. */
const special: Readonly<Record<string, readonly string[]>> = {
  PREROUTING: [
    "",
    "--loose",
    "--accept-local",
    "--loose --accept-local",
    "--validmark",
    "--invert",
    "--loose --invert",
  ].map((flags) => `-m rpfilter ${flags}`),
  INPUT: [
    "-m mac --mac-source 02:00:00:00:01:02",
    "-m mac ! --mac-source 02:00:00:00:0A:BC",
    "-i r1",
    "! -i r+",
    "-i lo",
  ],
  FORWARD: [
    "-m mac --mac-source 00:00:00:00:00:0F",
    "-i r1 -o r2",
    "-o r1",
    "! -o r+",
    "-m addrtype --limit-iface-in --src-type LOCAL",
  ],
  POSTROUTING: ["-o r2", "! -o r2", "-m owner --socket-exists", "-m owner ! --uid-owner 0"],
};

/** The table mangle of a router as `iptables-restore` reads it. */
export function countingRules(): string {
  const common = [...matches(), ...connections()];
  const chains = Object.entries(special).map(([chain, own]) =>
    [...common, ...own].map((rule) => `-A ${chain} ${rule.trim()}`).join("\n"),
  );
  return ["*mangle", ...chains, "COMMIT"].join("\n");
}
