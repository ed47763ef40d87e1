import { addDestination, deleteDestination, editDestination } from "../../ipvs/admin.ts";
import { ForwardMethod } from "../../ipvs/connection-flags.ts";
import type { DestinationOptions } from "../../ipvs/destination.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { InNamespace, OperationRecord } from "../operation.ts";
import { attempt } from "./ipvs-error.ts";
import { keyOf, type ServiceName, wordsOf } from "./service-name.ts";

/** Options of a real server; what was not said is absent. */
export interface ServerSettings {
  /** Direct routing unless said. */
  readonly method?: "masquerading" | "gatewaying" | "ipip";
  /** 1 unless said. */
  readonly weight?: number;
  readonly upperThreshold?: number;
  readonly lowerThreshold?: number;
}

export interface ServerName {
  readonly service: ServiceName;
  readonly address: string;
  readonly port: number;
}

/** `ipvsadm -a` */
export interface IpvsServerAdd extends InNamespace, ServerName, ServerSettings {
  readonly op: "ipvs-server-add";
}

/** `ipvsadm -e`: what is not said gets its default again. */
export interface IpvsServerEdit extends InNamespace, ServerName, ServerSettings {
  readonly op: "ipvs-server-edit";
}

/** `ipvsadm -d` */
export interface IpvsServerDel extends InNamespace, ServerName {
  readonly op: "ipvs-server-del";
}

const methods = {
  masquerading: ["-m", ForwardMethod.masquerade],
  gatewaying: ["-g", ForwardMethod.route],
  ipip: ["-i", ForwardMethod.tunnel],
} as const;

function optionsOf(settings: ServerSettings): DestinationOptions {
  return {
    method: methods[settings.method ?? "gatewaying"][1],
    weight: settings.weight ?? 1,
    upperThreshold: settings.upperThreshold ?? 0,
    lowerThreshold: settings.lowerThreshold ?? 0,
  };
}

function words(
  letter: string,
  { service, address, port, ...settings }: ServerName & ServerSettings,
): string[] {
  const { method, weight, upperThreshold, lowerThreshold } = settings;
  return [
    letter,
    ...wordsOf(service),
    "-r",
    `${address}:${port}`,
    ...(method === undefined ? [] : [methods[method][0]]),
    ...(weight === undefined ? [] : ["-w", String(weight)]),
    ...(upperThreshold === undefined ? [] : ["-x", String(upperThreshold)]),
    ...(lowerThreshold === undefined ? [] : ["-y", String(lowerThreshold)]),
  ];
}

const NO_SERVICE = "Service not defined";
const NO_SERVER = "No such destination";

export const ipvsServerAdd: OperationRecord<IpvsServerAdd> = {
  tool: "ipvsadm",
  words: (operation) => words("-a", operation),
  apply(operation, { namespace }) {
    const { service, address, port } = operation;
    attempt({ ESRCH: NO_SERVICE, EEXIST: "Destination already exists" }, () =>
      addDestination(namespace, keyOf(service), ip.parse(address)!, port, optionsOf(operation)),
    );
  },
};

export const ipvsServerEdit: OperationRecord<IpvsServerEdit> = {
  tool: "ipvsadm",
  words: (operation) => words("-e", operation),
  apply(operation, { namespace }) {
    const { service, address, port } = operation;
    attempt({ ESRCH: NO_SERVICE, ENOENT: NO_SERVER }, () =>
      editDestination(namespace, keyOf(service), ip.parse(address)!, port, optionsOf(operation)),
    );
  },
};

export const ipvsServerDel: OperationRecord<IpvsServerDel> = {
  tool: "ipvsadm",
  words: (operation) => words("-d", operation),
  apply({ service, address, port }, { namespace }) {
    attempt({ ESRCH: NO_SERVICE, ENOENT: NO_SERVER }, () =>
      deleteDestination(namespace, keyOf(service), ip.parse(address)!, port),
    );
  },
};
