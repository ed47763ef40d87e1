import { DaemonError } from "../api/daemon-error.ts";

/** An image's name taken apart. */
interface Reference {
  /** As it is shown: `nginx`, `fundamentalsofdocker/ch11-web`, `registry:5000/x`. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * Reads a reference such as `docker.io/library/nginx:alpine`; what is said by default falls away. Grammar:
 * github.com/distribution/reference. @throws {DaemonError} 400
 */
export function parseReference(text: string): Reference {
  const invalid = (): DaemonError => new DaemonError(400, "invalid reference format");
  const at = text.indexOf("@");
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !/^sha256:[0-9a-f]{64}$/.test(digest)) throw invalid();
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(":");
  const hasTag = colon > named.lastIndexOf("/");
  const tag = hasTag ? named.slice(colon + 1) : "latest";
  if (!TAG.test(tag)) throw invalid();
  const path = (hasTag ? named.slice(0, colon) : named).split("/");
  const domain = path.length > 1 && (/[.:]/.test(path[0]!) || path[0] === "localhost") ? path.shift()! : null;
  if (path.some((part) => part !== part.toLowerCase()))
    throw new DaemonError(400, "invalid reference format: repository name must be lowercase");
  if (path.length === 0 || !path.every((part) => COMPONENT.test(part))) throw invalid();
  if (path.length === 2 && path[0] === "library" && (domain === null || domain === "docker.io")) path.shift();
  const shown = domain === null || domain === "docker.io" ? path : [domain, ...path];
  return { repository: shown.join("/"), tag, digest };
}

export function shownReference({ repository, tag }: Reference): string {
  return `${repository}:${tag}`;
}
