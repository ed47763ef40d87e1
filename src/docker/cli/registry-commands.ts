import type { Program } from "../../sim/process.ts";
import { canonicalName, invalidReference, parseImageReference } from "../images/image-reference.ts";
import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { allInput } from "./whole-input.ts";

/** Docker's own registry, as the client names it. */
const HUB = "https://index.docker.io/v1/";

/** What asks a registry for more than images: there is none that answers. */
export const REGISTRY_RUNNERS: Readonly<Record<string, Runner>> = {
  "image push": push,
  login,
  logout,
  search,
};

function noRegistry(path: string): ClientError {
  return new ClientError(`${path}: overmesh does not simulate registries`);
}

function push({ context, options, args, api, path }: Invocation): number {
  const [image] = args as [string];
  const reference = parseImageReference(image);
  if (reference === null) throw new ClientError(invalidReference(image));
  const repository = canonicalName(reference.name);
  const tag = reference.tag ?? "latest";
  if (!options.flag("quiet")) {
    if (reference.tag === null && !options.flag("all-tags")) context.out("Using default tag: latest\n");
    context.out(`The push refers to repository [${repository}]\n`);
  }
  const here = api
    .imageList({ all: true })
    .some(({ RepoTags }) => RepoTags.includes(`${reference.name}:${tag}`));
  if (!here) throw new ClientError(`An image does not exist locally with the tag: ${reference.name}`);
  api.reachRegistry(
    repository.slice(0, repository.indexOf("/")).replace(/^docker\.io$/, "registry-1.docker.io"),
  );
  throw noRegistry(path);
}

function* login({ context, options, args, api, path }: Invocation): Program {
  const [server = ""] = args;
  let password = options.text("password");
  if (password !== "") {
    context.err("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n");
    if (options.flag("password-stdin"))
      throw new ClientError("--password and --password-stdin are mutually exclusive");
  }
  if (options.flag("password-stdin")) {
    if (options.text("username") === "")
      throw new ClientError("Must provide --username with --password-stdin");
    password = (yield* allInput(context)).replace(/\r?\n$/, "");
  }
  if ((options.text("username") === "" || password === "") && !context.tty.input)
    throw new ClientError("Error: Cannot perform an interactive login from a non TTY device");
  api.reachRegistry(server === "" ? "registry-1.docker.io" : server);
  throw noRegistry(path);
}

function logout({ context, args }: Invocation): number {
  context.out(`Removing login credentials for ${args[0] ?? HUB}\n`);
  return 0;
}

function search({ options, args, api, path }: Invocation): number {
  const [term] = args as [string];
  const limit = options.given("limit") ? options.number("limit") : 25;
  if (limit < 1 || limit > 100)
    throw new ClientError(`Error response from daemon: Limit ${limit} is outside the range of [1, 100]`);
  api.reachRegistry(
    "index.docker.io",
    `https://index.docker.io/v1/search?q=${encodeURIComponent(term)}&n=${limit}`,
  );
  throw noRegistry(path);
}
