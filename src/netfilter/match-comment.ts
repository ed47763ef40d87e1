import { NO_PORTS, type XtInfo, type XtMatch, type XtMatchType } from "../net/xtables.ts";

/** `-m comment`: says something and is always true. */
export interface CommentInfo extends XtInfo {
  readonly comment: string;
}

const always: XtMatch = { steady: true, ports: NO_PORTS, matches: () => true };

export const commentMatch: XtMatchType<CommentInfo> = { name: "comment", make: () => always };
