import { forgetNetns } from "./netns-ids.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { quote } from "./words.ts";

/**
 * Makes a namespace and binds it to a file outside /run/netns, as container runtimes do: `ip netns list` does not show
 * it, `nsenter --net=FILE` goes there.
 */
export interface NetnsBind extends InNamespace {
  readonly op: "netns-bind";
  /** `/run/docker/netns/0b1a2982dc60` */
  readonly file: string;
  /** What it shows under in journeys: the container's name. A real kernel does not know it. */
  readonly label: string;
}

/** Takes such a file away: the namespace goes, and all its devices. */
export interface NetnsUnbind extends InNamespace {
  readonly op: "netns-unbind";
  readonly file: string;
}

export const netnsBind: OperationRecord<NetnsBind> = {
  tool: "unshare",
  words: ({ file }) => [`--net=${file}`, "true"],
  /** The mount needs a file to be there. */
  line: ({ file }) => `install -D /dev/null ${quote(file)} && unshare --net=${quote(file)} true`,
  apply({ file, label }, { host }) {
    host.bindNamespace(file, label);
  },
};

export const netnsUnbind: OperationRecord<NetnsUnbind> = {
  tool: "umount",
  words: ({ file }) => [file],
  line: ({ file }) => `umount ${quote(file)} && rm ${quote(file)}`,
  apply({ file }, { host }) {
    forgetNetns(host.unbindNamespace(file));
  },
};
