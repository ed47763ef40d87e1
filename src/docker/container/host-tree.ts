import type { Container } from "./container.ts";
import type { ContainerStore } from "./container-store.ts";

/** What an engine keeps of its containers in files of the host, made when somebody looks. */
interface HostTree {
  list(path: string): readonly string[] | null;
  read(path: string): string | null;
}

const OF_NETWORK = ["hostname", "hosts", "resolv.conf"];

/** /var/lib/docker/containers: by container what it wrote, and the files that the engine mounts over its own. */
export function containerTree(store: ContainerStore): HostTree {
  const find = (id: string): Container | null => store.all.find((one) => one.id === id) ?? null;
  return {
    list: (path) => {
      if (path === "") return store.all.map(({ id }) => id);
      const container = find(path);
      return container === null ? null : namesOf(container);
    },
    read: (path) => {
      const slash = path.indexOf("/");
      const container = slash < 0 ? null : find(path.slice(0, slash));
      const name = path.slice(slash + 1);
      if (container === null || !namesOf(container).includes(name)) return null;
      if (OF_NETWORK.includes(name)) return container.system?.files.read(`/etc/${name}`) ?? "";
      return container.log.json();
    },
  };
}

function namesOf({ id, startedAt, hostConfig }: Container): readonly string[] {
  if (startedAt === null) return [];
  return [...(hostConfig.LogConfig.Type === "json-file" ? [`${id}-json.log`] : []), ...OF_NETWORK];
}
