import { KernelError } from "../net/kernel-error.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { type JsonObject, printJson } from "./json.ts";
import { knownNetnsId, netnsIds, netnsName } from "./netns-ids.ts";
import type { InNamespace, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";

/** `ip netns list` */
export interface NetnsList extends InNamespace {
  readonly ask: "netns-list";
  readonly options?: ShowOptions;
}

/** `ip netns list-id [nsid N]` */
export interface NetnsListId extends InNamespace {
  readonly ask: "netns-list-id";
  readonly id?: number;
  readonly options?: ShowOptions;
}

/** `ip netns identify [PID]`: the name of a process's namespace. */
export interface NetnsIdentify extends InNamespace {
  readonly ask: "netns-identify";
  readonly pid?: number;
}

/** `ip netns pids NAME` */
export interface NetnsPids extends InNamespace {
  readonly ask: "netns-pids";
  readonly name: string;
}

export const netnsList: QuestionRecord<NetnsList> = {
  tool: "ip",
  words: ({ options }) => [...optionWords(options ?? {}), "netns", "list"],
  answer({ options }, context) {
    // The names are the files of a directory in memory: the newest comes first.
    const { namespaces, linkedNamespaces } = context.host;
    const named = [...namespaces, ...linkedNamespaces()]
      .reverse()
      .map(([name, ns]) => ({ name, id: ns === null ? null : idOf(ns, context) }));
    if (options?.json)
      return printJson(
        named.map(({ name, id }) => ({ name, id: id ?? undefined })),
        options.pretty ?? false,
      );
    return named.map(({ name, id }) => `${name}${id === null ? "" : ` (id: ${id})`}\n`).join("");
  },
};

function idOf(ns: NetworkNamespace, context: OperationContext): number | null {
  return knownNetnsId(context.namespace, ns);
}

export const netnsListId: QuestionRecord<NetnsListId> = {
  tool: "ip",
  words: ({ id, options }) => [
    ...optionWords(options ?? {}),
    "netns",
    "list-id",
    ...(id === undefined ? [] : ["nsid", `${id}`]),
  ],
  answer({ id, options }, context) {
    const ids = netnsIds(context.namespace).filter(([, each]) => id === undefined || each === id);
    if (id !== undefined && ids.length === 0)
      throw new KernelError("EINVAL", "Peer netns reference is invalid");
    const shown = ids.map(([ns, nsid]) => ({ nsid, name: netnsName(ns) }));
    if (options?.json) {
      const list: JsonObject[] = shown.map(({ nsid, name }) => ({ nsid, name: name ?? undefined }));
      return printJson(list, options.pretty ?? false);
    }
    return shown
      .map(({ nsid, name }) => `nsid ${nsid} ${name === null ? "" : `(iproute2 netns name: ${name})`}\n`)
      .join("");
  },
};

export const netnsIdentify: QuestionRecord<NetnsIdentify> = {
  tool: "ip",
  words: ({ pid }) => ["netns", "identify", ...(pid === undefined ? [] : [`${pid}`])],
  answer({ pid }, context) {
    const ns = pid === undefined ? context.namespace : context.outside.namespaceOfProcess?.(pid);
    if (ns === undefined || ns === null)
      throw new ToolError("Cannot open network namespace: No such file or directory", 1);
    return `${netnsName(ns) ?? ""}\n`;
  },
};

export const netnsPids: QuestionRecord<NetnsPids> = {
  tool: "ip",
  words: ({ name }) => ["netns", "pids", name],
  answer({ name }, context) {
    const ns = context.named(name);
    if (ns === null) throw new ToolError("Cannot open network namespace: No such file or directory", 1);
    return (context.outside.processesIn?.(ns) ?? []).map((pid) => `${pid}\n`).join("");
  },
};
