import type { Call, DockerApi } from "../api/docker-api.ts";
import { shortId } from "../ids.ts";
import { parseImageReference } from "../images/image-reference.ts";
import { atOnce } from "./ask.ts";

/**
 * Pulls an image, and what the client prints of that when its output is no terminal. Layers are not simulated: the
 * image's digest stands for them. It takes no virtual time yet; callers wait for it as they will.
 */
export function pullText(api: DockerApi, image: string): Call<string> {
  return atOnce(() => {
    const { fresh, digest, tag } = api.imagePull(image);
    const reference = parseImageReference(image);
    const name = reference?.name ?? image;
    const path = /^[^/]*[.:][^/]*\//.test(name) || name.includes("/") ? name : `library/${name}`;
    const layer = shortId(digest);
    const layers = fresh
      ? `${layer}: Pulling fs layer\n${layer}: Download complete\n${layer}: Pull complete\n`
      : "";
    const outcome = fresh ? "Downloaded newer image for" : "Image is up to date for";
    return `${tag}: Pulling from ${path}\n${layers}Digest: ${digest}\nStatus: ${outcome} ${name}:${tag}\n`;
  });
}
