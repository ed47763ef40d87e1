import type { OwnerInfo } from "../../netfilter/match-owner.ts";
import { unsigned } from "../words.ts";
import type { ReadOption, XtExtension } from "./extension.ts";
import { XtProblem } from "./xt-problem.ts";

type Range = readonly [number, number];
/** -1 means nobody, so the largest id is one less. */
const MOST = 0xfffffffe;

/** The one user and group that every host has is root. */
const readIds: ReadOption = (text, _extension, option): Range => {
  if (text === "root") return [0, 0];
  const match = /^([^-:]*)(?:[-:](.*))?$/.exec(text)!;
  const from = unsigned(match[1]!, MOST);
  const to = match[2] === undefined ? from : unsigned(match[2], MOST);
  if (from === null || to === null)
    throw new XtProblem(`owner: Bad value for "--${option}" option: "${text}"`);
  return [from, to];
};

function idText([from, to]: Range, numeric: boolean): string {
  if (from !== to) return `${from}-${to}`;
  return !numeric && from === 0 ? "root" : `${from}`;
}

export const ownerMatch: XtExtension<OwnerInfo> = {
  name: "owner",
  help: `owner match options:
[!] --uid-owner userid[-userid]      Match local UID
[!] --gid-owner groupid[-groupid]    Match local GID
[!] --socket-exists                  Match if socket exists
    --suppl-groups                   Also match supplementary groups set with --gid-owner
`,
  options: [
    { name: "uid-owner", read: readIds, not: true },
    { name: "gid-owner", read: readIds, not: true },
    { name: "socket-exists", not: true },
    { name: "suppl-groups" },
  ],
  make(given) {
    if (given.size === 0)
      throw new XtProblem("owner: At least one of --uid-owner, --gid-owner or --socket-exists is required");
    const order = given.inOrder.map(({ id }) => id);
    const more = order.indexOf("suppl-groups");
    if (more >= 0 && !order.slice(0, more).includes("gid-owner"))
      throw new XtProblem(
        'owner: Bad value for "--suppl-groups" option: "you need to use --gid-owner first"',
      );
    const uid = given.get<Range>("uid-owner");
    const gid = given.get<Range>("gid-owner");
    return {
      name: "owner",
      ...(uid === undefined ? {} : { uid }),
      ...(given.not("uid-owner") ? { notUid: true as const } : {}),
      ...(gid === undefined ? {} : { gid }),
      ...(given.not("gid-owner") ? { notGid: true as const } : {}),
      ...(given.has("socket-exists") ? { socketExists: true as const } : {}),
      ...(given.not("socket-exists") ? { notSocketExists: true as const } : {}),
      ...(given.has("suppl-groups") ? { supplementaryGroups: true as const } : {}),
    };
  },
  save: (info) => text(info, ["--socket-exists", "--uid-owner", "--gid-owner", "--suppl-groups"], true),
  list: (info, { numeric }) =>
    text(info, ["owner socket exists", "owner UID match", "owner GID match", "incl. suppl. groups"], numeric),
};

function text(info: OwnerInfo, [socket, user, group, more]: readonly string[], numeric: boolean): string {
  const sign = (not: true | undefined): string => (not ? "! " : "");
  return [
    ...(info.socketExists ? [sign(info.notSocketExists) + socket] : []),
    ...(info.uid === undefined ? [] : [`${sign(info.notUid)}${user} ${idText(info.uid, numeric)}`]),
    ...(info.gid === undefined ? [] : [`${sign(info.notGid)}${group} ${idText(info.gid, numeric)}`]),
    ...(info.supplementaryGroups ? [more] : []),
  ].join(" ");
}
