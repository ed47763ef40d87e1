import { type FdbRow, Nud } from "./fdb-rows.ts";
import type { JsonObject } from "./json.ts";

/** The state as `bridge` names it; empty for what is learned and fresh. */
export function stateWord(state: number): string {
  if (state & Nud.permanent) return "permanent";
  if (state & Nud.noarp) return "static";
  return state & Nud.stale ? "stale" : "";
}

/** Everything of a line between the address and the end: name in JSON, words, value; in the order of iproute2. */
function parts(
  row: FdbRow,
  withDevice: boolean,
  withAges: boolean,
): (readonly [key: string, words: string, value: string | number])[] {
  const list: (readonly [string, string, string | number])[] = [];
  const add = (key: string, words: string, value: string | number | undefined): void => {
    if (value !== undefined) list.push([key, words, value]);
  };
  if (withDevice) add("ifname", "dev", row.device.name);
  add("dst", "dst", row.dst);
  if (row.vlan !== 0) add("vlan", "vlan", row.vlan);
  add("port", "port", row.port);
  add("vni", "vni", row.vni);
  if (row.via !== undefined && row.linkNetnsid !== undefined) add("viaIfIndex", "via ifindex", row.via);
  else if (row.via !== undefined)
    add("viaIf", "via", row.device.ns.deviceByIndex(row.via)?.name ?? `if${row.via}`);
  add("linkNetNsId", "link-netnsid", row.linkNetnsid);
  if (withAges && row.ages !== undefined) {
    add("used", "used", row.ages[0]);
    add("updated", "", row.ages[1]);
  }
  return list;
}

/** A line of `bridge fdb show`; `withDevice` false: the line does not name its device. */
export function fdbText(row: FdbRow, withDevice: boolean, withAges: boolean): string {
  const words = [row.mac];
  for (const [key, text, value] of parts(row, withDevice, withAges)) {
    if (key === "updated") words[words.length - 1] += `/${value}`;
    else words.push(text, `${value}`);
  }
  words.push(...row.flags);
  if (row.master !== undefined) words.push("master", row.master);
  return `${words.join(" ")} ${stateWord(row.state)}\n`;
}

/** The same as `bridge -j` gives it. */
export function fdbJson(row: FdbRow, withDevice: boolean, withAges: boolean): JsonObject {
  return {
    mac: row.mac,
    ...Object.fromEntries(parts(row, withDevice, withAges).map(([key, , value]) => [key, value])),
    flags: row.flags,
    master: row.master,
    state: stateWord(row.state),
  };
}
