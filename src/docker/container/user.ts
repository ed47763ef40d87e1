import { type Account, type Group, readAccounts, readGroups } from "../../programs/credentials.ts";
import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";

/** A user that a container's files do not know, in the words of runc's libcontainer. */
export class UnknownUser extends Error {
  override readonly name = "UnknownUser";
}

/** Who a process of a container is to be. */
export interface ContainerUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Where its home is: that of its account, else `/`. */
  readonly home: string;
}

interface Files {
  /** The container's own /etc/passwd and /etc/group, empty where there are none. */
  readonly passwd: string;
  readonly group: string;
}

const HIGHEST = 2 ** 31 - 1;

/**
 * What `-u USER[:GROUP]` means in a container (runc's libcontainer/user, GetExecUser): a name or a number each; without a
 * group it is that of the account, and its further groups count.
 * @param further from `--group-add`
 * @throws {UnknownUser}
 */
function userOf(wish: string, further: readonly string[], files: Files): ContainerUser {
  const accounts = readAccounts(files.passwd);
  const groups = readGroups(files.group);
  const [userPart = "", groupPart = ""] = wish.split(":");
  const account = accountOf(userPart, accounts);
  const uid = account?.uid ?? (userPart === "" ? 0 : demandId(userPart, "user"));
  const own =
    groupPart !== "" || account === undefined
      ? []
      : groups.filter(({ members }) => members.includes(account.name)).map(({ gid }) => gid);
  const gid = groupPart === "" ? (account?.gid ?? 0) : groupOf(groupPart, groups, "unable");
  const added = further.map((one) => groupOf(one, groups, "Unable"));
  return { uid, gid, groups: [...new Set([gid, ...own, ...added])], home: account?.home || "/" };
}

/** Who `-u` names in a container. @throws {UnknownUser} */
export function userIn({ hostConfig, system }: Container, wish: string): ContainerUser {
  const read = (path: string): string =>
    system!.files.stat(path)?.kind === "file" ? system!.files.read(path) : "";
  const further = hostConfig["GroupAdd"] as readonly string[] | null | undefined;
  return userOf(wish, further ?? [], { passwd: read("/etc/passwd"), group: read("/etc/group") });
}

/** What a container cannot start for is the engine's own refusal. */
export function asDaemon<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof UnknownUser ? new DaemonError(400, error.message) : error;
  }
}

function accountOf(wish: string, accounts: readonly Account[]): Account | undefined {
  return accounts.find(({ name, uid }) => (wish === "" ? uid === 0 : name === wish || `${uid}` === wish));
}

function groupOf(wish: string, groups: readonly Group[], unable: string): number {
  const found = groups.find(({ name, gid }) => name === wish || `${gid}` === wish);
  return found?.gid ?? demandId(wish, "group", unable);
}

/** @throws {UnknownUser} */
function demandId(text: string, kind: "user" | "group", unable = "unable"): number {
  if (!/^-?\d+$/.test(text)) {
    const file = kind === "user" ? "passwd" : "group";
    throw new UnknownUser(`${unable} to find ${kind} ${text}: no matching entries in ${file} file`);
  }
  const id = Number(text);
  if (id < 0 || id > HIGHEST) throw new UnknownUser(`uids and gids must be in range 0-${HIGHEST}`);
  return id;
}
