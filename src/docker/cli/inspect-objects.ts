import { goQuote } from "../templates/go-quote.ts";
import { MissingObject, naming } from "./ask.ts";
import { ClientError, type Invocation } from "./client-context.ts";
import { type Inspected, inspectAll } from "./inspect-output.ts";

const TYPES = ["container", "image", "node", "network", "service", "volume", "task", "plugin", "secret"];

/** `docker inspect`: whatever has that name, containers first. */
export function inspectObjects({ context, options, args, api }: Invocation): number {
  const type = options.text("type");
  if (type !== "" && !TYPES.includes(type)) {
    throw new ClientError(`${goQuote(type)} is not a valid value for --type`);
  }
  const finders: Readonly<Record<string, (ref: string) => Inspected>> = {
    container: (ref) => ({
      type: "types.ContainerJSON",
      answer: api.containerInspect(ref, options.flag("size")),
    }),
    image: (ref) => ({ type: "types.ImageInspect", answer: api.imageInspect(ref) }),
    network: (ref) => ({ type: "types.NetworkResource", answer: api.networkInspect(ref) }),
    volume: (ref) => ({ type: "types.Volume", answer: api.volumeInspect(ref) }),
  };
  return inspectAll(context, args, options.text("format"), (ref) => {
    for (const [kind, find] of Object.entries(finders)) {
      if (type !== "" && type !== kind) continue;
      try {
        const found = naming(kind, ref, () => find(ref));
        if (options.flag("size") && kind !== "container")
          context.err(`WARNING: --size ignored for ${kind}\n`);
        return found;
      } catch (error) {
        const skip =
          error instanceof MissingObject || /not supported|invalid reference format/.test(String(error));
        if (type !== "" || !skip) throw error;
      }
    }
    throw new ClientError(`Error: No such object: ${ref}`);
  });
}
