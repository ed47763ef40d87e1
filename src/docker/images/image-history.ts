import type { Nanos } from "../../sim/time.ts";
import type { ContainerConfig } from "../api/container-types.ts";
import type { ImageStep } from "./image.ts";
import type { ImageSpec } from "./image-spec.ts";

/** The only layer of an image, which nobody named. */
export function layerIdOf(id: string): string {
  return `sha256:${[...id.slice(id.indexOf(":") + 1)].reverse().join("")}`;
}

/** The steps that a Dockerfile's lines would have been: its files first, then what it says of its containers. */
export function historyOf(
  spec: ImageSpec,
  {
    id,
    size,
    config,
    created,
  }: {
    readonly id: string;
    readonly size: number;
    readonly config: ContainerConfig;
    readonly created: Nanos;
  },
): ImageStep[] {
  if (spec.comment !== undefined) return [{ created, createdBy: "", comment: spec.comment, size, image: id }];
  const nop = (text: string): string => `/bin/sh -c #(nop) ${text}`;
  const lines = [
    nop(`ADD file:${layerIdOf(id).slice(7)} in / `),
    ...(config.Env ?? []).map((line) => nop(` ENV ${line}`)),
    ...Object.keys(config.ExposedPorts ?? {}).map((port) => nop(` EXPOSE ${port.replace(/\/tcp$/, "")}`)),
    ...Object.keys(config.Volumes ?? {}).map((place) => nop(` VOLUME [${place}]`)),
    ...(config.WorkingDir === "" ? [] : [nop(` WORKDIR ${config.WorkingDir}`)]),
    ...(config.Entrypoint === null ? [] : [nop(` ENTRYPOINT ${listed(config.Entrypoint)}`)]),
    ...(config.Cmd === null ? [] : [nop(` CMD ${listed(config.Cmd)}`)]),
  ];
  return lines.map((createdBy, at) => ({
    created,
    createdBy,
    comment: "",
    size: at === 0 ? size : 0,
    image: at === lines.length - 1 ? id : null,
  }));
}

/** `["sh" "-c"]`, as Go shows a list of words. */
function listed(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(" ")}]`;
}
