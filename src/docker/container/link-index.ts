import { DaemonError } from "../api/daemon-error.ts";
import type { Container } from "./container.ts";
import type { ContainerStore } from "./container-store.ts";

/** `--link NAME:ALIAS` on docker0: `parent` knows `child` under its alias. */
interface Link {
  readonly parent: Container;
  readonly child: Container;
  readonly alias: string;
}

/**
 * The links between the containers of the default bridge (moby daemon/links.go). A link is a further name of the child,
 * `PARENT/ALIAS`, and stays with the parent when the child is removed: then the parent cannot start any more.
 */
export class LinkIndex {
  readonly #byParent: Map<Container, Map<string, Link>> = new Map();

  /** The first link of an alias counts. */
  add(parent: Container, child: Container, alias: string): void {
    let links = this.#byParent.get(parent);
    if (links === undefined) this.#byParent.set(parent, (links = new Map()));
    if (!links.has(alias)) links.set(alias, { parent, child, alias });
  }

  /** The links of a container to others, in the order in which they were asked for. */
  of(parent: Container): readonly Link[] {
    return [...(this.#byParent.get(parent)?.values() ?? [])];
  }

  /** The links of others to a container. */
  to(child: Container): readonly Link[] {
    return [...this.#byParent.values()].flatMap((links) =>
      [...links.values()].filter((link) => link.child === child),
    );
  }

  /** The link of that name, `PARENT/ALIAS`, whose child has not been removed. */
  find(name: string): Link | null {
    const slash = name.indexOf("/");
    if (slash < 0) return null;
    for (const [parent, links] of this.#byParent) {
      const link = parent.name === name.slice(0, slash) ? links.get(name.slice(slash + 1)) : undefined;
      if (link !== undefined && !link.child.removed) return link;
    }
    return null;
  }

  /** False when it was not there. */
  drop({ parent, alias }: Link): boolean {
    return this.#byParent.get(parent)?.delete(alias) ?? false;
  }

  /** Forgets the links of a container that is removed. */
  dropParent(parent: Container): void {
    this.#byParent.delete(parent);
  }

  /** All names of a container with a slash in front, in alphabetical order. */
  namesOf(child: Container): string[] {
    return [`/${child.name}`, ...this.to(child).map((link) => `/${linkName(link)}`)].sort();
  }
}

function linkName({ parent, alias }: Link): string {
  return `${parent.name}/${alias}`;
}

/**
 * Enters the links that a new container asks for; on networks of one's own they are the network's.
 * @throws {DaemonError} when there is no such container, or it cannot be linked to
 */
export function registerLinks(parent: Container, store: ContainerStore): void {
  const { NetworkMode, Links } = parent.hostConfig;
  if (!["default", "bridge", "none"].includes(NetworkMode)) return;
  const children = (Links ?? []).map((text): [Container, string] => {
    const [name = "", alias = name] = text.split(":");
    return [linkable(name, store), alias.slice(alias.lastIndexOf("/") + 1)];
  });
  for (const [child, alias] of children) store.links.add(parent, child, alias);
}

/** `docker rm --link PARENT/ALIAS`. @throws {DaemonError} */
export function dropLink(name: string, store: ContainerStore): void {
  const link = store.links.find(name.replace(/^\//, ""));
  if (link === null) store.demand(name);
  else if (store.links.drop(link)) return;
  throw new DaemonError(409, "Conflict, cannot remove the default link name of the container");
}

/** The container of that name, or the one whose network it uses. @throws {DaemonError} */
function linkable(name: string, store: ContainerStore): Container {
  const unknown = (words: string): DaemonError =>
    new DaemonError(400, `could not get container for ${name}: ${words}`);
  if (name === "") throw unknown('invalid name or ID supplied: ""');
  let child = store.find(name);
  // Two that name each other lead nowhere; the real engine never comes back from them.
  const seen = new Set<Container>();
  while (child?.networkKind === "container") {
    seen.add(child);
    const next = store.find(child.hostConfig.NetworkMode.slice("container:".length));
    child = next === null || seen.has(next) ? null : next;
  }
  if (child === null) throw unknown(`No such container: ${name}`);
  if (child.networkKind === "host")
    throw new DaemonError(
      400,
      "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
    );
  return child;
}

/** What links put into the parent's /etc/hosts, as `--add-host` says it: `ALIAS HOSTNAME NAME:ADDRESS`. @throws {DaemonError} */
export function linkedHosts(links: readonly Link[]): string[] {
  return links.map(({ child, alias }) => {
    if (!child.wishes.has("bridge"))
      throw new DaemonError(
        500,
        `Cannot link to /${child.name}, as it does not belong to the default network`,
      );
    const names = [alias, child.config.Hostname, ...(alias === child.name ? [] : [child.name])];
    return `${names.join(" ")}:${bridgeAddress(child)}`;
  });
}

/** What links put into the environment of the parent's processes. @throws {DaemonError} when a child does not run */
export function linkedEnvironment(links: readonly Link[]): string[] {
  return links.flatMap((link) => {
    const { child } = link;
    if (!child.running)
      throw new DaemonError(
        500,
        `Cannot link to a non running container: /${child.name} AS /${linkName(link)}`,
      );
    if (!child.wishes.has("bridge"))
      throw new DaemonError(500, `container ${child.id} not attached to default bridge network`);
    return variablesOf(link);
  });
}

function bridgeAddress(container: Container): string {
  return container.sandbox?.endpoints.get("bridge")?.IPAddress ?? "";
}

interface LinkedPort {
  readonly number: number;
  readonly protocol: string;
}

/** `DB_PORT_5432_TCP=tcp://172.17.0.2:5432` and its like (docs.docker.com/network/links, environment variables). */
function variablesOf(link: Link): string[] {
  const { child, alias } = link;
  const prefix = alias.toUpperCase().replaceAll("-", "_");
  const address = bridgeAddress(child);
  const ports = Object.keys(child.config.ExposedPorts ?? {})
    .map((key): LinkedPort => {
      const [number, protocol = "tcp"] = key.split("/");
      return { number: Number(number), protocol };
    })
    .sort((a, b) => a.number - b.number || (a.protocol === "tcp" ? -1 : b.protocol === "tcp" ? 1 : 0));
  const url = ({ number, protocol }: LinkedPort): string => `${protocol}://${address}:${number}`;
  const named = ({ number, protocol }: LinkedPort): string =>
    `${prefix}_PORT_${number}_${protocol.toUpperCase()}`;
  const lines: string[] = [];
  if (ports[0] !== undefined) lines.push(`${prefix}_PORT=${url(ports[0])}`);
  for (const run of ranges(ports)) {
    const [first, last] = [run[0]!, run.at(-1)!];
    const name = named(first);
    lines.push(
      `${name}_START=${url(first)}`,
      `${name}_ADDR=${address}`,
      `${name}_PROTO=${first.protocol}`,
      `${name}_PORT_START=${first.number}`,
      `${name}_END=${url(last)}`,
      `${name}_PORT_END=${last.number}`,
    );
  }
  for (const port of ports) {
    const name = named(port);
    lines.push(
      `${name}=${url(port)}`,
      `${name}_ADDR=${address}`,
      `${name}_PORT=${port.number}`,
      `${name}_PROTO=${port.protocol}`,
    );
  }
  lines.push(`${prefix}_NAME=/${linkName(link)}`);
  for (const line of child.config.Env ?? []) {
    const [name = "", value] = line.split(/=(.*)/s, 2);
    if (value !== undefined && name !== "HOME" && name !== "PATH")
      lines.push(`${prefix}_ENV_${name}=${value}`);
  }
  return lines;
}

/** Ports that follow each other, three or more of them, as the engine counts: each at most one above the one before. */
function ranges(ports: readonly LinkedPort[]): LinkedPort[][] {
  const found: LinkedPort[][] = [];
  for (let first = 0; first < ports.length; ) {
    let end = first + 1;
    while (end < ports.length && ports[end]!.number <= ports[first]!.number + end - first) end++;
    if (end - first > 2) found.push(ports.slice(first, end));
    first = end - first > 2 ? end : first + 1;
  }
  return found;
}
