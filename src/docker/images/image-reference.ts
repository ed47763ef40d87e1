import { DaemonError } from "../api/daemon-error.ts";

/** The name of an image, taken apart and made familiar: `docker.io/library/` is left out. */
interface ImageReference {
  /** `alpine`, `quay.io/a/b` */
  readonly name: string;
  readonly tag: string | null;
  /** `sha256:...` */
  readonly digest: string | null;
}

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|[-]*)[a-z0-9]+)*";
const DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = `${DOMAIN_PART}(?:\\.${DOMAIN_PART})*(?::[0-9]+)?`;
const REFERENCE = new RegExp(
  `^((?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);

/** Reads a name such as `docker.io/library/nginx:alpine` (github.com/distribution/reference); null when it is none. */
export function parseImageReference(text: string): ImageReference | null {
  if (/^[a-f0-9]{64}$/.test(text)) return null;
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const hasDomain = /[.:]/.test(first) || first === "localhost";
  const remainder = hasDomain ? text.slice(slash + 1) : text;
  // Repository names are lower case, whatever the tag is.
  if (/[A-Z]/.test(remainder.replace(/[:@].*$/, ""))) return null;
  const found = REFERENCE.exec(text);
  if (found === null) return null;
  const name = found[1]!.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
  return { name, tag: found[2] ?? null, digest: found[3] ?? null };
}

/** `alpine:latest`: with the tag that stands for none. */
export function taggedName({ name, tag, digest }: ImageReference): string {
  if (digest !== null) return `${name}${tag === null ? "" : `:${tag}`}@${digest}`;
  return `${name}:${tag ?? "latest"}`;
}

/** What client and engine say to a name that is none. */
export function invalidReference(image: string): string {
  const repository = image.replace(/[:@][^/]*$/, "");
  if (repository !== repository.toLowerCase() && parseImageReference(image.toLowerCase()) !== null) {
    return "invalid reference format: repository name must be lowercase";
  }
  return "invalid reference format";
}

/** What the engine reads a name as. @throws {DaemonError} 400 */
export function demandReference(text: string): ImageReference {
  const reference = parseImageReference(text);
  if (reference === null) throw new DaemonError(400, invalidReference(text));
  return reference;
}

/** The name that an image has on a host, with its tag in any case. */
export function localName({ name, tag }: ImageReference): string {
  return `${name}:${tag ?? "latest"}`;
}

/** `docker.io/library/web:1`: a familiar name with all that is left out of it. */
export function canonicalName(name: string): string {
  const first = name.split("/")[0]!;
  if (name.includes("/") && (/[.:]/.test(first) || first === "localhost")) return name;
  return `docker.io/${name.includes("/") ? name : `library/${name}`}`;
}
