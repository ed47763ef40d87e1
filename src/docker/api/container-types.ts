import type { EndpointSettings, PortMap } from "./network-types.ts";

/** The container objects of the Engine API v1.41, with the API's own names: what `docker inspect` prints. */

export interface HealthConfig {
  Test: string[];
  /** Nanoseconds, as all times here; 0: the default. */
  Interval: number;
  Timeout: number;
  StartPeriod: number;
  Retries: number;
}

/** What a container is whatever host it runs on. */
export interface ContainerConfig {
  Hostname: string;
  Domainname: string;
  User: string;
  AttachStdin: boolean;
  AttachStdout: boolean;
  AttachStderr: boolean;
  ExposedPorts?: Record<string, Record<string, never>>;
  Tty: boolean;
  OpenStdin: boolean;
  StdinOnce: boolean;
  /** Null where neither the image nor the command sets any. */
  Env: string[] | null;
  Cmd: string[] | null;
  Healthcheck?: HealthConfig;
  Image: string;
  Volumes: Record<string, Record<string, never>> | null;
  WorkingDir: string;
  Entrypoint: string[] | null;
  OnBuild: string[] | null;
  MacAddress?: string;
  NetworkDisabled?: boolean;
  Labels: Record<string, string>;
  StopSignal?: string;
  StopTimeout?: number;
}

/** What `--mount` asks for. */
export interface Mount {
  Type: string;
  Source?: string;
  Target: string;
  ReadOnly?: boolean;
  Consistency?: string;
  BindOptions?: { Propagation?: string; NonRecursive?: boolean };
  VolumeOptions?: {
    NoCopy?: boolean;
    Labels: Record<string, string>;
    DriverConfig: { Name?: string; Options?: Record<string, string> };
  };
  TmpfsOptions?: { SizeBytes?: number; Mode?: number };
}

/** A volume, a directory of the host or one in memory in a container, as `docker inspect` shows it. */
export interface MountPoint {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/** How a container runs on this host: the part that matters to a network and its processes. */
export interface HostConfig {
  Binds: string[] | null;
  LogConfig: { Type: string; Config: Record<string, string> };
  /** Absent without `--mount`. */
  Mounts?: readonly Mount[];
  /** Options by place; absent without `--tmpfs`. */
  Tmpfs?: Record<string, string>;
  VolumesFrom: string[] | null;
  /** `default`, `bridge`, `host`, `none`, `container:ID` or the name of a network. */
  NetworkMode: string;
  PortBindings: PortMap;
  RestartPolicy: { Name: string; MaximumRetryCount: number };
  AutoRemove: boolean;
  CapAdd: string[] | null;
  CapDrop: string[] | null;
  Dns: string[];
  DnsOptions: string[];
  DnsSearch: string[];
  ExtraHosts: string[] | null;
  Links: string[] | null;
  Privileged: boolean;
  PublishAllPorts: boolean;
  Sysctls?: Record<string, string>;
  PidMode: string;
  UTSMode: string;
  Memory: number;
  [other: string]: unknown;
}

/** POST /containers/create */
export interface ContainerCreateRequest {
  Config: ContainerConfig;
  HostConfig: HostConfig;
  /** By network name, what `--ip`, `--network-alias` and their like ask for. */
  NetworkingConfig: { EndpointsConfig: Record<string, Partial<EndpointSettings>> };
  /** From `--platform`: `linux/amd64`. */
  Platform?: string;
}

export interface HealthState {
  Status: "starting" | "healthy" | "unhealthy";
  FailingStreak: number;
  Log: { Start: string; End: string; ExitCode: number; Output: string }[];
}

export interface ContainerState {
  Status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  Running: boolean;
  Paused: boolean;
  Restarting: boolean;
  OOMKilled: boolean;
  Dead: boolean;
  Pid: number;
  ExitCode: number;
  Error: string;
  StartedAt: string;
  FinishedAt: string;
  Health?: HealthState;
}

export interface NetworkSettings {
  Bridge: string;
  SandboxID: string;
  HairpinMode: boolean;
  LinkLocalIPv6Address: string;
  LinkLocalIPv6PrefixLen: number;
  Ports: PortMap;
  SandboxKey: string;
  SecondaryIPAddresses: null;
  SecondaryIPv6Addresses: null;
  EndpointID: string;
  Gateway: string;
  GlobalIPv6Address: string;
  GlobalIPv6PrefixLen: number;
  IPAddress: string;
  IPPrefixLen: number;
  IPv6Gateway: string;
  MacAddress: string;
  Networks: Record<string, EndpointSettings>;
}

/** Bytes: what it wrote itself, and that with its image. Given when somebody asks. */
export interface ContainerSizes {
  SizeRw?: number;
  SizeRootFs?: number;
}

/** GET /containers/ID/json, in the API's order of keys. */
export interface ContainerResource extends ContainerSizes {
  Id: string;
  Created: string;
  Path: string;
  Args: string[];
  State: ContainerState;
  Image: string;
  ResolvConfPath: string;
  HostnamePath: string;
  HostsPath: string;
  LogPath: string;
  /** With a slash in front: `/web`. */
  Name: string;
  RestartCount: number;
  Driver: string;
  Platform: string;
  MountLabel: string;
  ProcessLabel: string;
  AppArmorProfile: string;
  ExecIDs: string[] | null;
  HostConfig: HostConfig;
  GraphDriver: { Data: Record<string, string>; Name: string };
  Mounts: MountPoint[];
  Config: ContainerConfig;
  NetworkSettings: NetworkSettings;
}

/** A line of GET /containers/json. */
export interface ContainerSummary extends ContainerSizes {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  Command: string;
  /** Seconds since 1970. */
  Created: number;
  Ports: { IP?: string; PrivatePort: number; PublicPort?: number; Type: string }[];
  Labels: Record<string, string>;
  State: string;
  Status: string;
  HostConfig: { NetworkMode: string };
  NetworkSettings: { Networks: Record<string, EndpointSettings> };
  Mounts: MountPoint[];
}

export interface ExecConfig {
  User: string;
  Privileged: boolean;
  Tty: boolean;
  AttachStdin: boolean;
  Detach: boolean;
  Env: string[];
  WorkingDir: string;
  Cmd: string[];
}
