import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import type { Image } from "../images/image.ts";
import { hasLabel } from "../labels.ts";
import type { Container } from "./container.ts";
import type { ContainerStore } from "./container-store.ts";
import { statusOf } from "./inspect.ts";

const KEYS =
  "ancestor before exited expose health id isolation is-task label name network publish since status volume".split(
    " ",
  );
const STATES = "created dead exited paused removing restarting running".split(" ");
const HEALTH = "healthy none starting unhealthy".split(" ");

/** What a filter needs to know besides the container. */
interface FilterSources {
  readonly store: ContainerStore;
  image(ref: string): Image | null;
  networkId(name: string): string;
}

type Test = (container: Container) => boolean;

/** Reads the filters of `docker ps`. @throws {DaemonError} 400 */
export function containerFilter(filters: Filters, sources: FilterSources): Test {
  const tests: Test[] = [];
  for (const [key, values] of Object.entries(filters)) {
    if (!KEYS.includes(key)) throw new DaemonError(400, `Invalid filter '${key}'`);
    if (values.length > 0) tests.push(testOf(key, values, sources));
  }
  return (container) => tests.every((test) => test(container));
}

/** The filters that say of stopped containers too, so that they are looked at without `-a`. */
export function asksForStopped(filters: Filters): boolean {
  return ["status", "exited"].some((key) => (filters[key]?.length ?? 0) > 0);
}

function testOf(key: string, values: readonly string[], sources: FilterSources): Test {
  const some =
    (test: (container: Container, value: string) => boolean): Test =>
    (container) =>
      values.some((value) => test(container, value));
  switch (key) {
    case "id":
      return some(({ id }, value) => id.startsWith(value));
    case "name":
      return some(({ name }, value) => matches(value, name) || matches(value, `/${name}`));
    case "label":
      return ({ config }) => values.every((value) => hasLabel(config.Labels, value));
    case "status": {
      for (const value of values)
        if (!STATES.includes(value)) throw new DaemonError(400, `Invalid filter 'status=${value}'`);
      return some((container, value) => statusOf(container) === value);
    }
    case "health":
      for (const value of values)
        if (!HEALTH.includes(value)) throw new DaemonError(400, `Invalid filter 'health=${value}'`);
      return some(({ health }, value) => (health?.Status ?? "none") === value);
    case "exited":
      for (const value of values)
        if (!/^-?\d+$/.test(value)) throw new DaemonError(400, `Invalid filter 'exited=${value}'`);
      return some((c, value) => !c.running && c.startedAt !== null && c.exitCode === Number(value));
    case "ancestor":
      return some(({ image }, value) => sources.image(value) === image);
    case "network":
      return some(({ wishes }, value) =>
        [...wishes.keys()].some((name) => name === value || sources.networkId(name).startsWith(value)),
      );
    case "before":
    case "since": {
      const all = sources.store.all;
      const places = values.map((value) => all.indexOf(sources.store.demand(value)));
      return (container) => {
        const place = all.indexOf(container);
        return places.every((other) => (key === "before" ? place < other : place > other));
      };
    }
    case "publish":
      return some(({ sandbox }, value) =>
        Object.entries(sandbox?.ports ?? {}).some(
          ([port, bindings]) =>
            inRange(value, port, Number(port.split("/")[0])) ||
            (bindings ?? []).some((one) => inRange(value, port, Number(one.HostPort))),
        ),
      );
    case "expose":
      return some(({ config }, value) =>
        Object.keys(config.ExposedPorts ?? {}).some((port) =>
          inRange(value, port, Number(port.split("/")[0])),
        ),
      );
    case "volume":
      return some(({ config }, value) => Object.keys(config.Volumes ?? {}).includes(value));
    default:
      return () => true;
  }
}

/** `80`, `80-90/udp`. */
function inRange(wanted: string, key: string, port: number): boolean {
  const match = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(wanted);
  if (match === null) throw new DaemonError(400, `Invalid filter '${wanted}'`);
  const first = Number(match[1]);
  return port >= first && port <= Number(match[2] ?? first) && key.endsWith(`/${match[3] ?? "tcp"}`);
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch (error) {
    if (error instanceof SyntaxError) return pattern === text;
    throw error;
  }
}
