import type { UnmodelledInfo } from "../../netfilter/unmodelled.ts";
import type { Toolbox } from "../toolbox.ts";
import type { XtExtension } from "./extension.ts";
import { saveString } from "./read-options.ts";

/** Matches that are read and printed, and not simulated: the name and its options; `=` marks those with an argument, `==` with two. */
const MATCHES = `
ah ahspi=
bpf bytecode= object-pinned=
cgroup cgroup= path=
cluster cluster-total-nodes= cluster-local-node= cluster-local-nodemask= cluster-hash-seed=
connbytes connbytes= connbytes-dir= connbytes-mode=
connlabel label= set
connlimit connlimit-upto= connlimit-above= connlimit-mask= connlimit-saddr connlimit-daddr
cpu cpu=
dccp source-port= sport= destination-port= dport= dccp-types= dccp-option=
devgroup src-group= dst-group=
dscp dscp= dscp-class=
ecn ecn-tcp-cwr ecn-tcp-ece ecn-ip-ect=
esp espspi=
hashlimit hashlimit= hashlimit-burst= hashlimit-htable-size= hashlimit-htable-max= hashlimit-htable-gcinterval= hashlimit-htable-expire= hashlimit-mode= hashlimit-name= hashlimit-upto= hashlimit-above= hashlimit-srcmask= hashlimit-dstmask= hashlimit-rate-match hashlimit-rate-interval=
helper helper=
ipcomp ipcompspi= compres
nfacct nfacct-name=
osf genre= ttl= log=
quota quota=
rateest rateest1= rateest= rateest2= rateest-bps1 rateest-pps1 rateest-bps2 rateest-pps2 rateest-bps rateest-pps rateest-delta rateest-lt rateest-gt rateest-eq
realm realm=
recent set rcheck update remove seconds= reap hitcount= rttl name= rsource rdest mask=
sctp source-port= sport= destination-port= dport= chunk-types=
socket transparent nowildcard restore-skmark
string from= to= algo= string= hex-string= icase
tcpmss mss=
time datestart= datestop= timestart= timestop= contiguous weekdays= monthdays= localtz utc kerneltz
tos tos=
`;
const TARGETS = `
AUDIT type=
CHECKSUM checksum-fill
CLASSIFY set-class=
CLUSTERIP new hashmode= clustermac= total-nodes= local-node= hash-init=
CONNSECMARK save restore
DSCP set-dscp= set-dscp-class=
ECN ecn-tcp-remove ecn-tcp-cwr= ecn-tcp-ece= ecn-ip-ect=
HMARK hmark-tuple= hmark-src-prefix= hmark-dst-prefix= hmark-sport-mask= hmark-dport-mask= hmark-spi-mask= hmark-sport= hmark-dport= hmark-spi= hmark-proto-mask= hmark-rnd= hmark-mod= hmark-offset=
IDLETIMER timeout= label= alarm
LED led-trigger-id= led-delay= led-always-blink
NFLOG nflog-group= nflog-prefix= nflog-range= nflog-size= nflog-threshold=
NFQUEUE queue-num= queue-balance= queue-bypass queue-cpu-fanout
RATEEST rateest-name= rateest-interval= rateest-ewmalog=
SECMARK selctx=
SET add-set== del-set== exist timeout= map-set== map-mark map-prio map-queue
SYNPROXY sack-perm timestamp wscale= mss= ecn
TCPOPTSTRIP strip-options=
TEE gateway= oif=
TOS set-tos= and-tos= or-tos= xor-tos=
TPROXY on-port= on-ip= tproxy-mark=
`;

function extension(line: string, what: "match" | "target"): XtExtension<UnmodelledInfo> {
  const [name = "", ...options] = line.split(" ");
  const pairs = options.filter((option) => option.endsWith("==")).map((option) => option.replace("==", ""));
  return {
    name,
    help: `${name} ${what} options (not simulated):\n${options.map((option) => ` --${option.replace(/=+/, " VALUE")}\n`).join("")}`,
    notice: `overmesh: the ${what} ${name} is not simulated: a packet that meets it is undecided\n`,
    options: options.map((option) => ({
      name: option.replace(/=+/, ""),
      not: true,
      multi: true,
      ...(option.endsWith("=") ? { read: (text: string) => text } : {}),
      ...(option.endsWith("==") ? { twoArguments: `--${option.replace("==", "")} requires two args.` } : {}),
    })),
    make: (given) => ({
      name,
      options: given.inOrder.map(({ id, value, not }) => [
        id,
        value === true ? null : (value as string),
        not,
      ]),
    }),
    save: (info) => text(info, pairs),
    list: (info) => [name, text(info, pairs)].join(" ").trimEnd(),
  };
}

/** `pairs`: the options whose value is two words. */
function text({ options }: UnmodelledInfo, pairs: readonly string[]): string {
  return options
    .map(([option, value, not]) => {
      const said = value === null ? "" : ` ${pairs.includes(option) ? value : word(value)}`;
      return `${not ? "! " : ""}--${option}${said}`;
    })
    .join(" ");
}

function word(value: string): string {
  return /^[\w./:,+-]+$/.test(value) ? value : saveString(value);
}

/** Adds what is read and not simulated; somebody who knows better adds his own afterwards. */
export function registerUnmodelled(toolbox: Toolbox): void {
  for (const line of MATCHES.trim().split("\n")) toolbox.addXtMatch(extension(line, "match"));
  for (const line of TARGETS.trim().split("\n")) toolbox.addXtTarget(extension(line, "target"));
}
