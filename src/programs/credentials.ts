import { remembered } from "../base/remembered.ts";

/** Who a process runs as, and what it may do (credentials(7), capabilities(7)). */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** The supplementary groups. */
  readonly groups: readonly number[];
  /** What it may do beyond anybody, as `NET_ADMIN`; null: everything. */
  readonly capabilities: ReadonlySet<string> | null;
  /** What it may ever get; what it has, unless given. */
  readonly bounding?: ReadonlySet<string>;
}

/** The administrator of a host. */
export const ROOT: Credentials = { uid: 0, gid: 0, groups: [0], capabilities: null };

/** Whether a process with these credentials has a capability: `NET_ADMIN`. */
export function isCapable({ capabilities }: Credentials, capability: string): boolean {
  return capabilities === null || capabilities.has(capability);
}

/** A line of /etc/passwd, as far as it says who somebody is. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A line of /etc/group. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The accounts of an /etc/passwd; lines that are none are left out. */
export const readAccounts: (text: string) => readonly Account[] = remembered((text) =>
  text.split("\n").flatMap((line) => {
    const [name = "", , uid = "", gid = "", , home = ""] = line.split(":");
    return name !== "" && isNumber(uid) && isNumber(gid)
      ? [{ name, uid: Number(uid), gid: Number(gid), home }]
      : [];
  }),
);

/** The groups of an /etc/group; lines that are none are left out. */
export const readGroups: (text: string) => readonly Group[] = remembered((text) =>
  text.split("\n").flatMap((line) => {
    const [name = "", , gid = "", members = ""] = line.split(":");
    return name !== "" && isNumber(gid)
      ? [{ name, gid: Number(gid), members: members.split(",").filter(Boolean) }]
      : [];
  }),
);

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
