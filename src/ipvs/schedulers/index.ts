import type { SchedulerKind } from "../scheduler.ts";
import { dh } from "./dh.ts";
import { fo } from "./fo.ts";
import { lc } from "./lc.ts";
import { mh } from "./mh.ts";
import { nq } from "./nq.ts";
import { ovf } from "./ovf.ts";
import { rr } from "./rr.ts";
import { sed } from "./sed.ts";
import { sh } from "./sh.ts";
import { wlc } from "./wlc.ts";
import { wrr } from "./wrr.ts";

/** All schedulers by name. */
export const schedulers: ReadonlyMap<string, SchedulerKind> = new Map(
  [rr, wrr, lc, wlc, sh, dh, sed, nq, mh, fo, ovf].map((kind) => [kind.name, kind] as const),
);
