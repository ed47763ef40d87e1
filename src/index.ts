// The library's names: docs/library.md tells how they belong together.

export type { Place } from "./base/user-error.ts";
export { UserError } from "./base/user-error.ts";
export type { Balance } from "./capture/conservation.ts";
export { DaemonError } from "./docker/api/daemon-error.ts";
export type {
  ImageContents,
  ImageProgram,
  ImageProgramContext,
  ImageSpec,
} from "./docker/images/image-spec.ts";
export type { ServerOptions } from "./docker/images/server.ts";
export { webServer } from "./docker/images/server.ts";
export type { IpamDriver, IpamPool, PoolRequest } from "./docker/network/ipam/ipam-driver.ts";
export type {
  DriverEndpoint,
  DriverNetwork,
  JoinInfo,
  NetworkDriver,
} from "./docker/network/network-driver.ts";
export type {
  AddressEntry,
  Counters,
  FdbEntry,
  LinkEntry,
  NeighbourEntry,
  RouteEntry,
  RuleEntry,
} from "./lab/tables.ts";
export { lab } from "./library/lab.ts";
export type {
  Decision,
  Drop,
  Host,
  Journey,
  Lab,
  LabDescription,
  LabOptions,
  LessonOutcome,
  RunResult,
  SentJourney,
  Step,
} from "./library/types.ts";
export type { Operation } from "./operations/operation.ts";
export type { EntryHistory, EntryHistoryEvent } from "./scenario/entry-history.ts";
export type { CpuText, HostText, NicText, WireText } from "./scenario/front-matter.ts";
export type { FrameRequest, PacketRequest } from "./scenario/send-packet.ts";
export type { Nanos } from "./sim/time.ts";
export { MICROSECOND, MILLISECOND, SECOND } from "./sim/time.ts";
