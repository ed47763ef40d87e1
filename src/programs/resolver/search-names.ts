import type { Wait } from "../../sim/process.ts";
import * as dns from "../../wire/dns.ts";
import { labelsOf } from "../../wire/dns-name.ts";
import type { ResolvConf } from "./resolv-conf.ts";
import type { ResolverAnswers, StubResolver } from "./stub-resolver.ts";

/** Why a name has no records: it does not exist, it has none of the kind, or nobody could say. */
export type LookupFailure = "unknown" | "no-address" | "try-again";

type Found = readonly dns.DnsMessage[];

/** Puts the domains of the search list behind a name, in glibc's order (res_search), until one of them has records. */
export function* searchName(
  resolver: StubResolver,
  conf: ResolvConf,
  name: string,
  types: readonly number[],
): Generator<Wait, Found | LookupFailure, void> {
  if (labelsOf(name) === null || name === "") return "unknown";
  const isWhole = name.endsWith(".");
  const bare = isWhole ? name.slice(0, -1) : name;
  const dots = bare.split(".").length - 1;
  let asItStands: LookupFailure | null = null;
  if (isWhole || dots >= conf.ndots) {
    const result = judge(yield* resolver.ask(bare, types));
    if (typeof result !== "string" || isWhole) return result === "refused" ? "try-again" : asFailure(result);
    if (result === "refused") return "try-again";
    asItStands = asFailure(result) as LookupFailure;
  }
  let noData = false;
  let failed = false;
  for (const domain of conf.search) {
    const suffix = domain.replace(/^\./, "");
    const result = judge(yield* resolver.ask(suffix === "" ? bare : `${bare}.${suffix}`, types));
    if (typeof result !== "string") return result;
    if (result === "refused") return "try-again";
    if (result === "no-address") noData = true;
    else if (result === "servfail") failed = true;
    else if (result === "timeout") return "try-again";
  }
  const mayStandAlone = dots > 0 || conf.search.length === 0 || !conf.noTldQuery;
  if (asItStands === null && mayStandAlone) {
    const result = judge(yield* resolver.ask(bare, types));
    if (typeof result !== "string") return result;
    asItStands = asFailure(result) as LookupFailure;
  }
  return asItStands ?? (noData ? "no-address" : failed ? "try-again" : "unknown");
}

type Judged = Found | LookupFailure | "refused" | "timeout" | "servfail";

function judge(answers: ResolverAnswers): Judged {
  if (typeof answers === "string") return answers;
  const good = answers.filter((answer) => answer !== null);
  if (good.some(({ flags, answers: records }) => flags.rcode === dns.NOERROR && records.length > 0))
    return good;
  const first = good[0]!;
  const decisive = first.flags.rcode === dns.NOERROR ? (good[1] ?? first) : first;
  return decisive.flags.rcode === dns.NXDOMAIN ? "unknown" : "no-address";
}

function asFailure(result: Judged): Found | LookupFailure {
  return result === "refused" || result === "timeout" || result === "servfail" ? "try-again" : result;
}
