import { type CtInfo, eventBits } from "../../netfilter/conntrack/ct-target.ts";
import { unsigned } from "../words.ts";
import type { GivenOptions, ReadOption, XtExtension } from "./extension.ts";
import { string } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const ZONES = [
  ["zone", "both"],
  ["zone-orig", "original"],
  ["zone-reply", "reply"],
] as const;

const zone: ReadOption = (text) => {
  if (text === "mark") return text;
  const id = unsigned(text, 65535);
  if (id === null) throw new XtProblem(`Cannot parse ${text} as a zone ID`);
  return id;
};

const events: ReadOption = (text) => {
  const names = text.split(",");
  const unknown = names.find((name) => !(name in eventBits));
  if (unknown !== undefined) throw new XtProblem(`Unknown event type "${unknown}"`);
  return Object.keys(eventBits).filter((name) => names.includes(name));
};

function zoneOf(given: GivenOptions): Partial<CtInfo> {
  const zones = given.inOrder.filter(({ id }) => ZONES.some(([option]) => option === id));
  if (zones.length === 0) return {};
  // A number takes the place of the one before, a mark that of any number, and each option adds its direction.
  const byMark = zones.some(({ value }) => value === "mark");
  const zone = byMark ? "mark" : (zones.at(-1)!.value as number);
  const directions = ZONES.filter(([option]) => option !== "zone" && given.has(option));
  return { zone, ...(directions.length === 1 ? { zoneDirection: directions[0]![1] } : {}) };
}

function words(info: CtInfo, dashes: string): string[] {
  const option = ZONES.find(([, direction]) => direction === (info.zoneDirection ?? "both"))![0];
  return [
    ...(info.notrack ? [`${dashes}notrack`] : []),
    ...(info.helper === undefined ? [] : [`${dashes}helper ${info.helper}`]),
    ...(info.timeout === undefined ? [] : [`${dashes}timeout ${info.timeout}`]),
    ...(info.events === undefined ? [] : [`${dashes}ctevents ${info.events.join(",")}`]),
    ...(info.expectEvents === undefined ? [] : [`${dashes}expevents ${info.expectEvents.join(",")}`]),
    ...(info.zone === undefined ? [] : [`${dashes}${option} ${info.zone}`]),
  ];
}

export const ctTarget: XtExtension<CtInfo> = {
  name: "CT",
  options: [
    { name: "notrack" },
    { name: "helper", read: string() },
    { name: "timeout", read: string() },
    { name: "ctevents", read: events },
    { name: "expevents", read: events },
    ...ZONES.map(([name]) => ({ name, read: zone })),
  ],
  make(given) {
    const helper = given.get<string>("helper");
    const timeout = given.get<string>("timeout");
    const heard = given.get<string[]>("ctevents");
    const expected = given.get<string[]>("expevents");
    return {
      name: "CT",
      ...(given.has("notrack") ? { notrack: true as const } : {}),
      ...(helper === undefined || helper === "" ? {} : { helper }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(heard === undefined ? {} : { events: heard }),
      ...(expected === undefined ? {} : { expectEvents: expected }),
      ...zoneOf(given),
    };
  },
  save: (info) => (info.alias ? "" : words(info, "--").join(" ")),
  list: (info) => (info.alias ? "NOTRACK" : ["CT", ...words(info, "")].join(" ")),
  savedAs: (info) => (info.alias ? "NOTRACK" : "CT"),
  help: `CT target options:
 --notrack			Don't track connection
 --helper name			Use conntrack helper 'name' for connection
 --timeout name 		Use timeout policy 'name' for connection
 --ctevents event[,event...]	Generate specified conntrack events for connection
 --expevents event[,event...]	Generate specified expectation events for connection
 --zone {ID|mark}		Assign/Lookup connection in zone ID/packet nfmark
 --zone-orig {ID|mark}		Same as 'zone' option, but only applies to ORIGINAL direction
 --zone-reply {ID|mark} 	Same as 'zone' option, but only applies to REPLY direction
`,
};

/** `-j NOTRACK` is another name of `-j CT --notrack`, under which it is saved again. */
export const notrackTarget: XtExtension<CtInfo> = {
  name: "NOTRACK",
  options: [],
  make: () => ({ name: "CT", notrack: true, alias: true }),
  save: () => "",
  list: () => "NOTRACK",
};
