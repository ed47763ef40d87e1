import { type Xtables, type XtInfo, type XtMatch, type XtTarget, XtVerdict } from "../net/xtables.ts";

/** The options of a match or target that is not simulated, as they were given. */
export interface UnmodelledInfo extends XtInfo {
  readonly options: readonly (readonly [option: string, value: string | null, not: boolean])[];
}

const maybe: XtMatch = {
  matches(_packet, state) {
    state.undecided = true;
    return true;
  },
};

const unknown: XtTarget = { apply: () => XtVerdict.undecided };

/** What can stand in rules although nobody here can say what it would do: a packet that meets it is undecided. */
const unmodelledMatches: readonly string[] = (
  "ah bpf cgroup cluster connbytes connlabel connlimit cpu dccp devgroup dscp ecn esp hashlimit helper ipcomp " +
  "nfacct osf quota rateest realm recent sctp socket string tcpmss time tos"
).split(" ");
const unmodelledTargets: readonly string[] = (
  "AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNSECMARK DSCP ECN HMARK IDLETIMER LED NFLOG NFQUEUE RATEEST SECMARK SET " +
  "SYNPROXY TCPOPTSTRIP TEE TOS TPROXY"
).split(" ");

/** Registers them; a room that knows better registers its own afterwards. */
export function registerUnmodelled(xtables: Xtables): void {
  for (const name of unmodelledMatches) xtables.addMatch({ name, make: () => maybe });
  for (const name of unmodelledTargets) xtables.addTarget({ name, make: () => unknown });
}
