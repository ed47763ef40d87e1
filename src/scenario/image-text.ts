import { z } from "zod";
import { demandReference } from "../docker/images/image-reference.ts";
import type { ImageSpec } from "../docker/images/image-spec.ts";
import { webServer } from "../docker/images/server.ts";

/** An image as front matter describes it. */
export interface ImageText {
  /** What its containers run: words, or one text that is split at blanks. */
  readonly command?: string | readonly string[] | undefined;
  /** What stands in front of the command, in the same way. */
  readonly entrypoint?: string | readonly string[] | undefined;
  /** Variables of the environment by name. */
  readonly env?: Readonly<Record<string, string | number>> | undefined;
  /** Ports: `80`, `53/udp`. */
  readonly exposed?: readonly (string | number)[] | undefined;
  /** It is a web server on its TCP ports that answers so; `{hostname}` stands for the container's name. */
  readonly answer?: string | undefined;
  /** Texts by path; they can be run. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Further names. */
  readonly names?: readonly string[] | undefined;
  readonly workdir?: string | undefined;
  readonly user?: string | undefined;
  readonly volumes?: readonly string[] | undefined;
  /** Whose tools it has; busybox's unless given. */
  readonly system?: "busybox" | "full" | "none" | undefined;
  /** The signal of `docker stop`. */
  readonly "stop-signal"?: string | undefined;
  /** In bytes. */
  readonly size?: number | undefined;
}

const words = z.union([z.string(), z.array(z.string())]);
const port = z.union([
  z.int().min(1).max(65535),
  z.string().regex(/^\d{1,5}\/(tcp|udp|sctp)$/, { error: () => "a port is a number, or such as 53/udp" }),
]);

export const imageSchema: z.ZodType<ImageText> = z
  .strictObject({
    command: words.optional().meta({ description: "What its containers run." }),
    entrypoint: words.optional(),
    env: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    exposed: z.array(port).optional().meta({ description: "Ports: 80, 53/udp." }),
    answer: z.string().optional().meta({
      description: "It is a web server on its TCP ports that answers so; {hostname} is the container's name.",
    }),
    files: z
      .record(z.string().startsWith("/"), z.string())
      .optional()
      .meta({ description: "Texts by path." }),
    names: z.array(z.string()).optional().meta({ description: "Further names." }),
    workdir: z.string().startsWith("/").optional(),
    user: z.string().optional(),
    volumes: z.array(z.string().startsWith("/")).optional(),
    system: z.enum(["busybox", "full", "none"]).optional().meta({ description: "Whose tools it has." }),
    "stop-signal": z.string().optional(),
    size: z.int().min(0).optional(),
  })
  .meta({ description: "An image of containers." });

/** The command of an image that only answers. */
const ANSWERING = "/server";

/** The image that a text of front matter describes. @throws {DaemonError} when its name is none */
export function imageSpec(name: string, text: ImageText): ImageSpec {
  const names = [name, ...(text.names ?? [])];
  for (const one of names) demandReference(one);
  const { answer } = text;
  const ports = (text.exposed ?? (answer === undefined ? [] : [80]))
    .map(String)
    .filter((one) => !one.includes("/") || one.endsWith("/tcp"))
    .map((one) => Number.parseInt(one, 10));
  const split = (value: string | readonly string[]): readonly string[] =>
    typeof value === "string" ? value.split(/\s+/).filter(Boolean) : value;
  const command = text.command ?? (answer === undefined ? undefined : [ANSWERING]);
  const run = command === undefined ? undefined : split(command);
  return {
    names,
    ...(run === undefined ? {} : { command: run }),
    ...(text.entrypoint === undefined ? {} : { entrypoint: split(text.entrypoint) }),
    env: Object.entries(text.env ?? {}).map(([key, value]) => `${key}=${value}`),
    exposed: text.exposed ?? (answer === undefined ? [] : [80]),
    ...(text.files === undefined ? {} : { files: text.files }),
    ...(text.workdir === undefined ? {} : { workingDir: text.workdir }),
    ...(text.user === undefined ? {} : { user: text.user }),
    ...(text.volumes === undefined ? {} : { volumes: text.volumes }),
    ...(text.system === undefined ? {} : { system: text.system }),
    ...(text["stop-signal"] === undefined ? {} : { stopSignal: text["stop-signal"] }),
    ...(text.size === undefined ? {} : { size: text.size }),
    ...(answer === undefined
      ? {}
      : {
          programs: {
            [run?.[0] ?? ANSWERING]: (context) => webServer(context, { ports, answer: withBreak(answer) }),
          },
        }),
  };
}

function withBreak(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
