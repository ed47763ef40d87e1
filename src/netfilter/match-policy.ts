import { KernelError } from "../net/kernel-error.ts";
import { Hook, hookMask, NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";

/** One element of an IPsec policy; `not` names what is turned over. */
export interface PolicyElement {
  readonly reqid?: number;
  readonly spi?: number;
  readonly proto?: number;
  readonly mode?: "transport" | "tunnel";
  /** With a mask, as printed. */
  readonly tunnelDst?: string;
  readonly tunnelSrc?: string;
  readonly not?: readonly string[];
}

/** `-m policy` */
export interface PolicyInfo extends XtInfo {
  readonly dir: "in" | "out";
  readonly pol: "none" | "ipsec";
  readonly strict?: true;
  readonly elements: readonly PolicyElement[];
}

/** There is no IPsec here: each packet goes without. */
const yes: XtMatch = { steady: true, ports: NO_PORTS, matches: () => true };
const no: XtMatch = { steady: true, ports: NO_PORTS, matches: () => false };

export const policyMatch: XtMatchType<PolicyInfo> = {
  name: "policy",
  make({ dir, pol }, { hooks }) {
    const wrong =
      dir === "in" ? hookMask(Hook.postrouting, Hook.output) : hookMask(Hook.prerouting, Hook.input);
    if ((hooks & wrong) !== 0) throw new KernelError("EINVAL");
    return pol === "none" ? yes : no;
  },
};
