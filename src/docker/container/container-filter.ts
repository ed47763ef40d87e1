import { DaemonError } from "../api/daemon-error.ts";
import type { Filters } from "../api/docker-api.ts";
import { checkFilterKeys, filterValue, matches, truthFilter } from "../filters.ts";
import { parseInt64 } from "../go-parse.ts";
import type { ImageStore } from "../images/image-store.ts";
import { hasLabel } from "../labels.ts";
import type { NetworkBackend } from "../network/network-backend.ts";
import { parsePortRange, splitProtocol } from "../port-range.ts";
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
  readonly images: Pick<ImageStore, "find">;
  readonly networks: Pick<NetworkBackend, "identify">;
}

type Test = (container: Container) => boolean;

/** Reads the filters of `docker ps`. @throws {DaemonError} 400 */
function containerFilter(filters: Filters, sources: FilterSources): Test {
  checkFilterKeys(filters, KEYS);
  const tests: Test[] = [];
  // Here are no tasks of services.
  if (truthFilter(filters, "is-task") === true) tests.push(() => false);
  for (const [key, values] of Object.entries(filters)) {
    if (values.length > 0) tests.push(testOf(key, values, sources));
  }
  return (container) => tests.every((test) => test(container));
}

/** The containers that `docker ps` lists with these options, the newest first. @throws {DaemonError} 400 */
export function containersListed(
  { all, limit = 0, filters = {} }: { all: boolean; limit?: number; filters?: Filters },
  sources: FilterSources,
): Container[] {
  const passes = containerFilter(filters, sources);
  const everyone = all || limit > 0 || asksForStopped(filters);
  const found = sources.store.all.filter((one) => (everyone || one.running) && passes(one)).reverse();
  return limit > 0 ? found.slice(0, limit) : found;
}

/** The filters that say of stopped containers too, so that they are looked at without `-a`. */
function asksForStopped(filters: Filters): boolean {
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
        if (!HEALTH.includes(value))
          throw new DaemonError(400, `Unrecognised filter value for health: ${value}`);
      return some(({ health }, value) => (health?.Status ?? "none") === value);
    case "exited": {
      const codes = values.map((value) => filterValue(() => parseInt64(value, 10, "Atoi")));
      return (c) => !c.running && c.startedAt !== null && codes.includes(c.exitCode);
    }
    case "ancestor":
      return some(({ image }, value) => named(() => sources.images.find(value)) === image);
    case "network":
      return some(({ wishes }, value) =>
        [...wishes.keys()].some(
          (name) =>
            name === value || named(() => sources.networks.identify(name))?.Id.startsWith(value) === true,
        ),
      );
    case "before":
    case "since": {
      const all = sources.store.all;
      const places = values.map((value) => {
        const other = sources.store.find(value);
        if (other === null) throw new DaemonError(404, `no such container ${value}`);
        return all.indexOf(other);
      });
      return (container) => {
        const place = all.indexOf(container);
        return places.every((other) => (key === "before" ? place < other : place > other));
      };
    }
    case "publish": {
      const wanted = values.map((value) => portTest(key, value));
      return ({ sandbox }) =>
        Object.entries(sandbox?.ports ?? {}).some(([port, bindings]) =>
          bindings?.some(({ HostPort }) =>
            wanted.some((fits) => fits(Number(HostPort), port.split("/")[1]!)),
          ),
        );
    }
    case "expose": {
      const wanted = values.map((value) => portTest(key, value));
      return ({ config }) =>
        Object.keys(config.ExposedPorts ?? {}).some((port) => {
          const [number, protocol] = port.split("/");
          return wanted.some((fits) => fits(Number(number), protocol!));
        });
    }
    case "volume":
      return some(({ mounts }, value) =>
        mounts.some(({ Name, Source, Destination }) => [Name ?? Source, Destination].includes(value)),
      );
    default:
      return () => true;
  }
}

/** `80`, `80-90/udp`. @throws {DaemonError} 500 */
function portTest(key: string, value: string): (port: number, protocol: string) => boolean {
  if (value.includes(":")) throw new DaemonError(500, `filter for '${key}' should not contain ':': ${value}`);
  const { port, protocol } = splitProtocol(value);
  const { first, last } = filterValue(
    () => parsePortRange(port),
    `error while looking up for ${key} ${value}: `,
  );
  return (other, of) => other >= first && other <= last && of === protocol;
}

/** What a name names; null for one that names nothing, or cannot be a name. */
function named<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof DaemonError) return null;
    throw error;
  }
}
