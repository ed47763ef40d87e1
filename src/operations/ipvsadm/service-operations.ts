import { addService, deleteService, editService, flushServices, zeroStatistics } from "../../ipvs/admin.ts";
import { ipvsOf } from "../../ipvs/ipvs.ts";
import type { ServiceOptions } from "../../ipvs/service.ts";
import { TcpState } from "../../ipvs/tcp-state.ts";
import { SECOND } from "../../sim/time.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { InNamespace, OperationRecord } from "../operation.ts";
import { attempt } from "./ipvs-error.ts";
import { keyOf, type ServiceName, wordsOf } from "./service-name.ts";

/** Options of a virtual service; what was not said is absent. */
export interface ServiceSettings {
  /** `wlc` unless said. */
  readonly scheduler?: string;
  /** Flags of the scheduler, by their names. */
  readonly schedulerFlags?: readonly string[];
  /** Seconds. */
  readonly persistent?: number;
  readonly netmask?: string;
  readonly onePacket?: true;
}

/** `ipvsadm -A` */
export interface IpvsServiceAdd extends InNamespace, ServiceSettings {
  readonly op: "ipvs-service-add";
  readonly service: ServiceName;
}

/** `ipvsadm -E`: what is not said gets its default again. */
export interface IpvsServiceEdit extends InNamespace, ServiceSettings {
  readonly op: "ipvs-service-edit";
  readonly service: ServiceName;
}

/** `ipvsadm -D` */
export interface IpvsServiceDel extends InNamespace {
  readonly op: "ipvs-service-del";
  readonly service: ServiceName;
}

/** `ipvsadm -C` */
export interface IpvsFlush extends InNamespace {
  readonly op: "ipvs-flush";
}

/** `ipvsadm -Z`: numbers of one service, or of all, begin at nothing again. */
export interface IpvsZero extends InNamespace {
  readonly op: "ipvs-zero";
  readonly service?: ServiceName;
}

/** `ipvsadm --set`: seconds; 0 leaves one as it is. */
export interface IpvsTimeouts extends InNamespace {
  readonly op: "ipvs-timeouts";
  readonly tcp: number;
  readonly tcpFin: number;
  readonly udp: number;
}

/** Names of the flags `flag-1` to `flag-3` with schedulers that have some. */
export const schedulerFlagNames: Readonly<Record<string, readonly (string | null)[]>> = {
  sh: ["sh-fallback", "sh-port"],
  mh: ["mh-fallback", "mh-port"],
};

/** A flag's number from 0 with a scheduler, or null. */
export function flagNumber(scheduler: string, name: string): number | null {
  const generic = /^flag-([123])$/.exec(name);
  if (generic !== null) return Number(generic[1]) - 1;
  const at = (schedulerFlagNames[scheduler] ?? []).indexOf(name);
  return at < 0 ? null : at;
}

function optionsOf(settings: ServiceSettings): ServiceOptions {
  const scheduler = settings.scheduler ?? "wlc";
  const numbers = (settings.schedulerFlags ?? []).map((name) => flagNumber(scheduler, name));
  return {
    scheduler,
    schedulerFlags: [numbers.includes(0), numbers.includes(1), numbers.includes(2)],
    persistence: settings.persistent ?? 0,
    netmask: settings.netmask === undefined ? ip.BROADCAST : ip.parse(settings.netmask)!,
    onePacket: settings.onePacket === true,
  };
}

function settingsWords(settings: ServiceSettings): readonly string[] {
  const { scheduler, schedulerFlags, persistent, netmask, onePacket } = settings;
  return [
    ...(scheduler === undefined ? [] : ["-s", scheduler]),
    ...(persistent === undefined ? [] : ["-p", String(persistent)]),
    ...(netmask === undefined ? [] : ["-M", netmask]),
    ...(onePacket === undefined ? [] : ["-o"]),
    ...(schedulerFlags === undefined ? [] : ["-b", schedulerFlags.join(",")]),
  ];
}

const NO_SCHEDULER = "Scheduler or persistence engine not found";
const NO_SERVICE = "No such service";

export const ipvsServiceAdd: OperationRecord<IpvsServiceAdd> = {
  tool: "ipvsadm",
  words: ({ service, ...settings }) => ["-A", ...wordsOf(service), ...settingsWords(settings)],
  apply({ service, ...settings }, { namespace }) {
    attempt({ EEXIST: "Service already exists", ENOENT: NO_SCHEDULER }, () => {
      addService(namespace, keyOf(service), optionsOf(settings));
    });
  },
};

export const ipvsServiceEdit: OperationRecord<IpvsServiceEdit> = {
  tool: "ipvsadm",
  words: ({ service, ...settings }) => ["-E", ...wordsOf(service), ...settingsWords(settings)],
  apply({ service, ...settings }, { namespace }) {
    attempt({ ESRCH: NO_SERVICE, ENOENT: NO_SCHEDULER }, () =>
      editService(namespace, keyOf(service), optionsOf(settings)),
    );
  },
};

export const ipvsServiceDel: OperationRecord<IpvsServiceDel> = {
  tool: "ipvsadm",
  words: ({ service }) => ["-D", ...wordsOf(service)],
  apply({ service }, { namespace }) {
    attempt({ ESRCH: NO_SERVICE }, () => deleteService(namespace, keyOf(service)));
  },
};

export const ipvsFlush: OperationRecord<IpvsFlush> = {
  tool: "ipvsadm",
  words: () => ["-C"],
  apply(_operation, { namespace }) {
    flushServices(namespace);
  },
};

export const ipvsZero: OperationRecord<IpvsZero> = {
  tool: "ipvsadm",
  words: ({ service }) => ["-Z", ...(service === undefined ? [] : wordsOf(service))],
  apply({ service }, { namespace }) {
    attempt({ ESRCH: NO_SERVICE }, () =>
      zeroStatistics(namespace, service === undefined ? null : keyOf(service)),
    );
  },
};

export const ipvsTimeouts: OperationRecord<IpvsTimeouts> = {
  tool: "ipvsadm",
  words: ({ tcp, tcpFin, udp }) => ["--set", String(tcp), String(tcpFin), String(udp)],
  apply({ tcp, tcpFin, udp }, { namespace }) {
    const ipvs = ipvsOf(namespace);
    if (tcp !== 0) ipvs.tcpTimeouts[TcpState.established] = tcp * SECOND;
    if (tcpFin !== 0) ipvs.tcpTimeouts[TcpState.finWait] = tcpFin * SECOND;
    if (udp !== 0) ipvs.udpTimeout = udp * SECOND;
  },
};
