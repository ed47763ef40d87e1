import { KernelError } from "../net/kernel-error.ts";
import * as neighbourAdmin from "../net/neighbour-admin.ts";
import * as mac from "../wire/mac.ts";
import { isIpv6, looseAddress } from "./addresses.ts";
import { deviceNamed } from "./link-change.ts";
import { type NudWord, stateOf } from "./neigh-state.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";

interface NeighWords {
  readonly address: string;
  /** Absent for a proxy entry that counts on all devices. */
  readonly dev?: string;
  /** The address is one that this host answers for. */
  readonly proxy?: true;
}

/** `ip neigh add|change|replace ADDRESS lladdr MAC dev DEV` */
export interface NeighSet extends NeighWords, InNamespace {
  readonly op: "neigh-set";
  readonly verb: "add" | "change" | "replace";
  /** Bytes in hexadecimal, as many as were typed. */
  readonly lladdr?: string;
  /** Absent: permanent. */
  readonly nud?: NudWord;
  readonly router?: true;
  readonly externLearn?: true;
  readonly use?: true;
  /** A name, or a number that has none. */
  readonly protocol?: string;
}

/** `ip neigh del ADDRESS dev DEV` */
export interface NeighDel extends NeighWords, InNamespace {
  readonly op: "neigh-del";
}

function placeWords(o: NeighWords): string[] {
  return [...(o.proxy ? ["proxy"] : []), o.address, ...(o.dev === undefined ? [] : ["dev", o.dev])];
}

/** The address as the kernel takes it. @throws {KernelError} for IPv6, which no device here has */
export function neighbourAddress(text: string): number {
  if (isIpv6(text)) throw new KernelError("EINVAL", "IPv6 is disabled on this device");
  const address = looseAddress(text);
  if (address === null) throw new KernelError("EINVAL");
  return address;
}

/** The first six bytes; what is shorter is no address of an Ethernet device. */
function linkLayer(text: string): mac.Mac {
  const parsed = mac.parse(text.split(":").slice(0, 6).join(":"));
  if (parsed === null) throw new KernelError("EINVAL", "Invalid link address");
  return parsed;
}

export const neighSet: OperationRecord<NeighSet> = {
  tool: "ip",
  words: (o) => [
    "neigh",
    o.verb,
    ...placeWords(o),
    ...(o.lladdr === undefined ? [] : ["lladdr", o.lladdr]),
    ...(o.nud === undefined ? [] : ["nud", o.nud]),
    ...(o.router ? ["router"] : []),
    ...(o.externLearn ? ["extern_learn"] : []),
    ...(o.use ? ["use"] : []),
    ...(o.protocol === undefined ? [] : ["protocol", o.protocol]),
  ],
  apply(o, context) {
    if (o.proxy) setProxy(o, context);
    else {
      const device = deviceNamed(context, o.dev!);
      const address = neighbourAddress(o.address);
      const link = o.lladdr === undefined ? {} : { mac: linkLayer(o.lladdr) };
      neighbourAdmin.set(device, {
        address,
        ...link,
        state: stateOf(o.nud ?? "permanent"),
        router: o.router ?? false,
        externLearn: o.externLearn ?? false,
        use: o.use ?? false,
        protocol: o.protocol ?? "unspec",
        create: o.verb !== "change",
        exclusive: o.verb === "add",
      });
    }
  },
};

function setProxy(o: NeighSet, context: OperationContext): void {
  const device = o.dev === undefined ? null : deviceNamed(context, o.dev);
  const address = neighbourAddress(o.address);
  if (o.lladdr !== undefined) linkLayer(o.lladdr);
  const entry = context.namespace.neighbours.proxies.add(device, address);
  entry.router = o.router ?? false;
  entry.externLearn = o.externLearn ?? false;
  if (o.protocol !== undefined && o.protocol !== "unspec") entry.protocol = o.protocol;
}

export const neighDel: OperationRecord<NeighDel> = {
  tool: "ip",
  words: (o) => ["neigh", "del", ...placeWords(o)],
  apply(o, context) {
    const device = o.dev === undefined ? null : deviceNamed(context, o.dev);
    const address = neighbourAddress(o.address);
    if (!o.proxy) neighbourAdmin.remove(device!, address);
    else if (!context.namespace.neighbours.proxies.remove(device, address)) throw new KernelError("ENOENT");
  },
};
