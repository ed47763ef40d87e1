/**
 * The types that the client decodes the API's answers into, since templates see those and not the JSON: `{{.ID}}` of a
 * container is its `Id`, and what an answer leaves out is there with its zero value. One struct after another, each
 * field as `Name[?][:json] type`; `?`: left out of JSON when empty; `embed`: its fields are the struct's own; `duration`: a number of nanoseconds; `~string`:
 * a type of its own over text. From Docker's Go packages `api/types` (v1.41).
 */
export const API_SCHEMA = `
types.HealthcheckResult
  Start time; End time; ExitCode int; Output string
types.Health
  Status string; FailingStreak int; Log []*types.HealthcheckResult
types.ContainerState
  Status string; Running bool; Paused bool; Restarting bool; OOMKilled bool; Dead bool; Pid int;
  ExitCode int; Error string; StartedAt string; FinishedAt string; Health? *types.Health
container.LogConfig
  Type string; Config map[string]string
nat.PortBinding
  HostIP:HostIp string; HostPort string
container.RestartPolicy
  Name string; MaximumRetryCount int
blkiodev.WeightDevice
  Path string; Weight int
blkiodev.ThrottleDevice
  Path string; Rate int
container.DeviceMapping
  PathOnHost string; PathInContainer string; CgroupPermissions string
container.DeviceRequest
  Driver string; Count int; DeviceIDs []string; Capabilities [][]string; Options map[string]string
units.Ulimit
  Name string; Hard int; Soft int
container.Resources
  CPUShares:CpuShares int; Memory int; NanoCPUs:NanoCpus int; CgroupParent string; BlkioWeight int;
  BlkioWeightDevice []*blkiodev.WeightDevice; BlkioDeviceReadBps []*blkiodev.ThrottleDevice;
  BlkioDeviceWriteBps []*blkiodev.ThrottleDevice; BlkioDeviceReadIOps []*blkiodev.ThrottleDevice;
  BlkioDeviceWriteIOps []*blkiodev.ThrottleDevice; CPUPeriod:CpuPeriod int; CPUQuota:CpuQuota int;
  CPURealtimePeriod:CpuRealtimePeriod int; CPURealtimeRuntime:CpuRealtimeRuntime int;
  CpusetCpus string; CpusetMems string; Devices []container.DeviceMapping;
  DeviceCgroupRules []string; DeviceRequests []container.DeviceRequest; KernelMemory int;
  KernelMemoryTCP int; MemoryReservation int; MemorySwap int; MemorySwappiness *int;
  OomKillDisable *bool; PidsLimit *int; Ulimits []*units.Ulimit; CPUCount:CpuCount int;
  CPUPercent:CpuPercent int; IOMaximumIOps int; IOMaximumBandwidth int
mount.BindOptions
  Propagation? mount.Propagation~string; NonRecursive? bool
mount.Driver
  Name? string; Options? map[string]string
mount.VolumeOptions
  NoCopy? bool; Labels? map[string]string; DriverConfig? *mount.Driver
mount.TmpfsOptions
  SizeBytes? int; Mode? int
mount.Mount
  Type? mount.Type~string; Source? string; Target? string; ReadOnly? bool;
  Consistency? mount.Consistency~string; BindOptions? *mount.BindOptions;
  VolumeOptions? *mount.VolumeOptions; TmpfsOptions? *mount.TmpfsOptions
container.HostConfig
  Binds []string; ContainerIDFile string; LogConfig container.LogConfig;
  NetworkMode container.NetworkMode~string; PortBindings map[nat.Port][]nat.PortBinding;
  RestartPolicy container.RestartPolicy; AutoRemove bool; VolumeDriver string; VolumesFrom []string;
  CapAdd []string; CapDrop []string; CgroupnsMode container.CgroupnsMode~string; DNS:Dns []string;
  DNSOptions:DnsOptions []string; DNSSearch:DnsSearch []string; ExtraHosts []string;
  GroupAdd []string; IpcMode container.IpcMode~string; Cgroup container.CgroupSpec~string;
  Links []string; OomScoreAdj int; PidMode container.PidMode~string; Privileged bool;
  PublishAllPorts bool; ReadonlyRootfs bool; SecurityOpt []string; StorageOpt? map[string]string;
  Tmpfs? map[string]string; UTSMode container.UTSMode~string; UsernsMode container.UsernsMode~string;
  ShmSize int; Sysctls? map[string]string; Runtime? string; ConsoleSize [2]int;
  Isolation container.Isolation~string; embed container.Resources; Mounts? []mount.Mount;
  MaskedPaths []string; ReadonlyPaths []string; Init? *bool
types.GraphDriverData
  Data map[string]string; Name string
types.ContainerJSONBase
  ID:Id string; Created string; Path string; Args []string; State *types.ContainerState;
  Image string; ResolvConfPath string; HostnamePath string; HostsPath string; LogPath string;
  Name string; RestartCount int; Driver string; Platform string; MountLabel string;
  ProcessLabel string; AppArmorProfile string; ExecIDs []string; HostConfig *container.HostConfig;
  GraphDriver types.GraphDriverData; SizeRw? *int; SizeRootFs? *int
types.MountPoint
  Type? mount.Type~string; Name? string; Source string; Destination string; Driver? string;
  Mode string; RW bool; Propagation mount.Propagation~string
container.HealthConfig
  Test? []string; Interval? duration; Timeout? duration; StartPeriod? duration; Retries? int
container.Config
  Hostname string; Domainname string; User string; AttachStdin bool; AttachStdout bool;
  AttachStderr bool; ExposedPorts? map[nat.Port]struct{}; Tty bool; OpenStdin bool; StdinOnce bool;
  Env []string; Cmd []string; Healthcheck? *container.HealthConfig; ArgsEscaped? bool; Image string;
  Volumes map[string]struct{}; WorkingDir string; Entrypoint []string; NetworkDisabled? bool;
  MacAddress? string; OnBuild []string; Labels map[string]string; StopSignal? string;
  StopTimeout? *int; Shell? []string
network.Address
  Addr string; PrefixLen int
types.NetworkSettingsBase
  Bridge string; SandboxID string; HairpinMode bool; LinkLocalIPv6Address string;
  LinkLocalIPv6PrefixLen int; Ports map[nat.Port][]nat.PortBinding; SandboxKey string;
  SecondaryIPAddresses []network.Address; SecondaryIPv6Addresses []network.Address
types.DefaultNetworkSettings
  EndpointID string; Gateway string; GlobalIPv6Address string; GlobalIPv6PrefixLen int;
  IPAddress string; IPPrefixLen int; IPv6Gateway string; MacAddress string
network.EndpointIPAMConfig
  IPv4Address? string; IPv6Address? string; LinkLocalIPs? []string
network.EndpointSettings
  IPAMConfig *network.EndpointIPAMConfig; Links []string; Aliases []string; NetworkID string;
  EndpointID string; Gateway string; IPAddress string; IPPrefixLen int; IPv6Gateway string;
  GlobalIPv6Address string; GlobalIPv6PrefixLen int; MacAddress string; DriverOpts map[string]string
types.NetworkSettings
  embed types.NetworkSettingsBase; embed types.DefaultNetworkSettings;
  Networks map[string]*network.EndpointSettings
types.ContainerJSON
  embed *types.ContainerJSONBase; Mounts []types.MountPoint; Config *container.Config;
  NetworkSettings *types.NetworkSettings
network.IPAMConfig
  Subnet? string; IPRange? string; Gateway? string; AuxAddress?:AuxiliaryAddresses map[string]string
network.IPAM
  Driver string; Options map[string]string; Config []network.IPAMConfig
network.ConfigReference
  Network string
types.EndpointResource
  Name string; EndpointID string; MacAddress string; IPv4Address string; IPv6Address string
network.PeerInfo
  Name string; IP string
network.Task
  Name string; EndpointID string; EndpointIP string; Info map[string]string
network.ServiceInfo
  VIP string; Ports []string; LocalLBIndex int; Tasks []network.Task
types.NetworkResource
  Name string; ID:Id string; Created time; Scope string; Driver string; EnableIPv6 bool;
  IPAM network.IPAM; Internal bool; Attachable bool; Ingress bool;
  ConfigFrom network.ConfigReference; ConfigOnly bool; Containers map[string]types.EndpointResource;
  Options map[string]string; Labels map[string]string; Peers? []network.PeerInfo;
  Services? map[string]network.ServiceInfo
types.RootFS
  Type string; Layers? []string; BaseLayer? string
types.ImageMetadata
  LastTagTime? time
types.ImageInspect
  ID:Id string; RepoTags []string; RepoDigests []string; Parent string; Comment string;
  Created string; Container string; ContainerConfig *container.Config; DockerVersion string;
  Author string; Config *container.Config; Architecture string; Variant? string; Os string;
  OsVersion? string; Size int; VirtualSize int; GraphDriver types.GraphDriverData;
  RootFS types.RootFS; Metadata types.ImageMetadata
types.VolumeUsageData
  RefCount int; Size int
types.Volume
  CreatedAt? string; Driver string; Labels map[string]string; Mountpoint string; Name string;
  Options map[string]string; Scope string; Status? map[string]any; UsageData? *types.VolumeUsageData
types.Version
  Platform types.Platform; Components? []types.ComponentVersion; Version string; APIVersion:ApiVersion string;
  MinAPIVersion? string; GitCommit string; GoVersion string; Os string; Arch string; KernelVersion? string;
  Experimental? bool; BuildTime? string
types.Platform
  Name string
types.ComponentVersion
  Name string; Version string; Details? map[string]string
events.Message
  Status?:status string; ID?:id string; From?:from string; Type string; Action string; Actor events.Actor;
  Scope?:scope string; Time?:time int; TimeNano?:timeNano int
events.Actor
  ID string; Attributes map[string]string
types.PluginsInfo
  Volume []string; Network []string; Authorization []string; Log []string
types.Commit
  ID string; Expected string
types.Runtime
  Path:path string; Args?:runtimeArgs []string
registry.IndexInfo
  Name string; Mirrors []string; Secure bool; Official bool
registry.ServiceConfig
  AllowNondistributableArtifactsCIDRs []string; AllowNondistributableArtifactsHostnames []string;
  InsecureRegistryCIDRs []string; IndexConfigs map[string]*registry.IndexInfo; Mirrors []string
swarm.Info
  NodeID string; NodeAddr string; LocalNodeState swarm.LocalNodeState~string; ControlAvailable bool;
  Error string; RemoteManagers []any
types.NetworkAddressPool
  Base string; Size int
types.Info
  ID string; Containers int; ContainersRunning int; ContainersPaused int; ContainersStopped int;
  Images int; Driver string; DriverStatus [][]string; SystemStatus? [][]string;
  Plugins types.PluginsInfo; MemoryLimit bool; SwapLimit bool; KernelMemory bool;
  KernelMemoryTCP bool; CPUCfsPeriod:CpuCfsPeriod bool; CPUCfsQuota:CpuCfsQuota bool; CPUShares bool;
  CPUSet bool; PidsLimit bool; IPv4Forwarding bool; BridgeNfIptables bool;
  BridgeNfIP6tables:BridgeNfIp6tables bool; Debug bool; NFd int; OomKillDisable bool;
  NGoroutines int; SystemTime string; LoggingDriver string; CgroupDriver string;
  CgroupVersion? string; NEventsListener int; KernelVersion string; OperatingSystem string;
  OSVersion string; OSType string; Architecture string; IndexServerAddress string;
  RegistryConfig *registry.ServiceConfig; NCPU int; MemTotal int; GenericResources []any;
  DockerRootDir string; HTTPProxy:HttpProxy string; HTTPSProxy:HttpsProxy string; NoProxy string;
  Name string; Labels []string; ExperimentalBuild bool; ServerVersion string;
  Runtimes map[string]types.Runtime; DefaultRuntime string; Swarm swarm.Info;
  LiveRestoreEnabled bool; Isolation container.Isolation~string; InitBinary string;
  ContainerdCommit types.Commit; RuncCommit types.Commit; InitCommit types.Commit;
  SecurityOptions []string; ProductLicense? string; DefaultAddressPools? []types.NetworkAddressPool;
  Warnings []string
system.clientInfo
  Debug bool; Context string; Plugins []any; Warnings []string
system.info
  embed *types.Info; ServerErrors? []string; ClientInfo *system.clientInfo; ClientErrors? []string
`;
