import type { Program } from "../../sim/process.ts";
import { EPOCH_SECONDS, type Nanos, SECOND } from "../../sim/time.ts";
import type { EventMessage, Filters } from "../api/docker-api.ts";
import { EVENTS_KEPT } from "../event-log.ts";
import { parseImageReference } from "../images/image-reference.ts";
import { hasLabel } from "../labels.ts";
import { evaluate } from "../templates/evaluate.ts";
import { FUNCTION_NAMES } from "../templates/functions.ts";
import type { Template } from "../templates/nodes.ts";
import { parseTemplate } from "../templates/parser.ts";
import { TemplateError } from "../templates/template-error.ts";
import { instantOf } from "../timestamps.ts";
import { typedAnswer } from "./api-values.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { rfc3339Nanos } from "./timestamps.ts";

/** `docker events`: what has happened since `--since`, and then what happens until `--until`. */
export function* showEvents({ context, options, api }: Invocation): Program {
  const format = options.text("format");
  const template = format === "" ? null : readFormat(format);
  const since = bound(options.text("since"), context.now());
  const until = bound(options.text("until"), context.now());
  if (until !== null && since !== null && until < since)
    throw new ClientError(
      `Error response from daemon: \`since\` time (${sentTime(options.text("since"), since)}) cannot be after \`until\` time (${sentTime(options.text("until"), until)})`,
    );
  const filters = options.filters();
  const { list, changed, ends } = api.events;
  // What happened before is told when either end is named, as far as the engine remembers it.
  let next = since === null && until === null ? list.length : Math.max(0, list.length - EVENTS_KEPT);
  for (;;) {
    for (; next < list.length; next++) {
      const event = list[next]!;
      if (until !== null && event.at > until) return 0;
      if (since !== null && event.at < since) continue;
      if (fits(event, filters))
        context.out(`${template === null ? eventText(event) : formatted(template, event)}\n`);
    }
    if (until !== null && context.now() >= until) return 0;
    // The engine has ended in the meantime.
    if (api.events.ends !== ends) throw new ClientError("unexpected EOF");
    yield { on: [changed], until: until ?? Number.POSITIVE_INFINITY };
  }
}

function bound(text: string, now: Nanos): Nanos | null {
  if (text === "") return null;
  const instant = instantOf(text, now);
  if (instant === null) throw new ClientError(`failed to parse value as time or duration: "${text}"`);
  return instant;
}

/** An instant as the client sends it: whole seconds of what was a duration, nanoseconds of a date, all else as it was typed. */
function sentTime(text: string, at: Nanos): string {
  if (/^\d+(?:\.\d+)?$/.test(text)) return text;
  const seconds = EPOCH_SECONDS + Math.floor(at / SECOND);
  if (!/^\d{4}-/.test(text)) return `${seconds}`;
  return `${seconds}.${`${at - Math.floor(at / SECOND) * SECOND}`.padStart(9, "0")}`;
}

/** The values of one key are alternatives; of labels all must hold. A key that the engine does not know asks nothing. */
function fits({ Type, Action, Actor }: EventMessage, filters: Filters): boolean {
  const names = [Actor.ID, Actor.Attributes["name"] ?? ""];
  // The beginning of an id or of a name is enough, whatever it is the id or name of.
  const image = Actor.Attributes[Type === "image" ? "name" : "image"] ?? "";
  // A tag may be left out.
  const imageNames = [Actor.ID, image, withoutTag(Actor.ID), withoutTag(image)];
  const begins = (value: string): boolean => names.some((name) => name.startsWith(value));
  for (const [key, values] of Object.entries(filters)) {
    const some = (test: (value: string) => boolean): boolean => values.some(test);
    const holds = (): boolean => {
      switch (key) {
        case "event":
          return some((value) => value === Action || Action.startsWith(`${value}: `));
        case "type":
          return some((value) => value === Type);
        case "image":
          return some((value) => imageNames.includes(value));
        case "container":
        case "network":
        case "volume":
        case "daemon":
          return some(begins);
        case "label":
          return values.every((value) => hasLabel(Actor.Attributes, value));
        case "scope":
          return some((value) => value === "local");
      }
      return true;
    };
    if (!holds()) return false;
  }
  return true;
}

function withoutTag(name: string): string {
  return name === "" ? "" : (parseImageReference(name)?.name ?? name);
}

/** `2026-01-01T00:00:00.000000000Z container start 1b97... (image=alpine, name=c1)` */
function eventText({ Type, Action, Actor, at }: EventMessage): string {
  const attributes = Object.entries(Actor.Attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = attributes.map(([key, value]) => `${key}=${value}`).join(", ");
  return `${rfc3339Nanos(at)} ${Type} ${Action} ${Actor.ID}${shown === "" ? "" : ` (${shown})`}`;
}

function readFormat(format: string): Template {
  try {
    const template = parseTemplate(format, FUNCTION_NAMES);
    // The client tries it on an event that is nothing.
    evaluate(template, typedAnswer("events.Message", {}, true));
    return template;
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(`Error parsing format: ${error.message}`, 64);
    throw error;
  }
}

function formatted(template: Template, { Type, Action, Actor, at }: EventMessage): string {
  const ofContainer = Type === "container" || Type === "image";
  const message = {
    ...(ofContainer ? { status: Action, id: Actor.ID } : {}),
    ...(Type === "container" ? { from: Actor.Attributes["image"] } : {}),
    Type,
    Action,
    Actor,
    scope: "local",
    time: EPOCH_SECONDS + Math.floor(at / SECOND),
    timeNano: BigInt(EPOCH_SECONDS) * 1_000_000_000n + BigInt(Math.round(at)),
  };
  try {
    return evaluate(template, typedAnswer("events.Message", message));
  } catch (error) {
    if (error instanceof TemplateError) throw new ClientError(error.message);
    throw error;
  }
}
