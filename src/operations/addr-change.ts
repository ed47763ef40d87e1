import * as inetAddress from "../net/inet-address.ts";
import type { AddressSpec } from "../net/inet-device.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { Scope } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, loosePrefix } from "./addresses.ts";
import { deviceNamed } from "./link-change.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { scopeOf } from "./route-names.ts";

interface AddressWords {
  readonly dev: string;
  /** `10.3.0.2/24`, or without a length: the whole address. */
  readonly address?: string;
  /** The other end, with its length. */
  readonly peer?: string;
  readonly label?: string;
}

/** `ip addr add|change|replace ADDRESS dev DEV` */
export interface AddrAdd extends AddressWords, InNamespace {
  readonly op: "addr-add";
  /** Absent: `add`. */
  readonly verb?: "change" | "replace";
  readonly broadcast?: string;
  /** A name or a number. Absent: by the address. */
  readonly scope?: string;
  readonly noprefixroute?: true;
}

/** `ip addr del ADDRESS dev DEV` */
export interface AddrDel extends AddressWords, InNamespace {
  readonly op: "addr-del";
}

function commonWords(o: AddressWords): string[] {
  return [...(o.address === undefined ? [] : [o.address]), ...(o.peer === undefined ? [] : ["peer", o.peer])];
}

/** The address and what it is together with: its other end, or itself. @throws {KernelError} */
function read(o: AddressWords): { readonly address: number; readonly peer: number; readonly length: number } {
  if (o.address === undefined) throw new KernelError("EOPNOTSUPP");
  if (isIpv6(o.address)) throw new KernelError("EACCES", "ipv6: IPv6 is disabled on this device");
  const local = loosePrefix(o.address);
  const peer = o.peer === undefined ? local : loosePrefix(o.peer);
  if (local === null || peer === null) throw new KernelError("EINVAL");
  return { address: local.address, peer: peer.address, length: peer.length };
}

export const addrAdd: OperationRecord<AddrAdd> = {
  tool: "ip",
  words(o) {
    return [
      "addr",
      o.verb ?? "add",
      ...commonWords(o),
      ...(o.broadcast === undefined ? [] : ["brd", o.broadcast]),
      ...(o.scope === undefined ? [] : ["scope", o.scope]),
      "dev",
      o.dev,
      ...(o.label === undefined ? [] : ["label", o.label]),
      ...(o.noprefixroute ? ["noprefixroute"] : []),
    ];
  },
  apply(o, context) {
    const device = deviceNamed(context, o.dev);
    const { address, peer, length } = read(o);
    const spec: AddressSpec = {
      address,
      peer,
      prefixLength: length,
      broadcast: o.broadcast === undefined ? 0 : (ip.parse(o.broadcast) ?? 0),
      scope: o.scope === undefined ? defaultScope(address) : (scopeOf(o.scope) ?? Scope.global),
      label: o.label ?? device.name,
      noprefixroute: o.noprefixroute ?? false,
    };
    if (!isThere(device, spec)) inetAddress.add(device, spec);
    else if (o.verb === undefined) throw new KernelError("EEXIST", "ipv4: Address already assigned");
  },
};

/** Addresses of 127.0.0.0/8 are for this host only. */
function defaultScope(address: number): Scope {
  return ip.isLoopback(address) ? Scope.host : Scope.global;
}

function isThere(device: NetDevice, spec: AddressSpec): boolean {
  return device.ipv4.addresses.some(
    (a) => a.address === spec.address && a.prefixLength === spec.prefixLength && a.covers(spec.peer),
  );
}

export const addrDel: OperationRecord<AddrDel> = {
  tool: "ip",
  words: (o) => [
    "addr",
    "del",
    ...commonWords(o),
    "dev",
    o.dev,
    ...(o.label === undefined ? [] : ["label", o.label]),
  ],
  warning: (o) =>
    o.address === undefined || o.address.includes("/") || o.peer !== undefined || isIpv6(o.address)
      ? ""
      : "Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
        `         Explicitly specify the prefix length (${o.address}/32) to avoid this warning.\n` +
        "         This special behaviour is likely to disappear in further releases,\n" +
        "         fix your scripts!\n",
  apply(o, context) {
    const device = deviceNamed(context, o.dev);
    const { address, peer, length } = read(o);
    const anyLength = o.peer === undefined && !o.address!.includes("/");
    const gone = device.ipv4.addresses.find(
      (a) =>
        a.address === address &&
        (o.label === undefined || a.label === o.label) &&
        (anyLength || (a.prefixLength === length && ip.contains(a.peer, length, peer))),
    );
    if (gone === undefined) throw new KernelError("EADDRNOTAVAIL", "ipv4: Address not found");
    inetAddress.remove(device, gone);
  },
};
