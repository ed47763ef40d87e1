import type { ContainerResource } from "../../src/docker/api/container-types.ts";
import type { ImageResource } from "../../src/docker/api/image-types.ts";
import type { EndpointSettings, NetworkResource } from "../../src/docker/api/network-types.ts";
import type { VolumeResource } from "../../src/docker/api/volume-types.ts";

/** Answers of an engine 20.10 with fixed values, in the API's order of keys. */

function id(number: number): string {
  return `${number}`.repeat(4).padEnd(64, "0123456789abcdef");
}

function endpoint(number: number): EndpointSettings {
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: number === 1 ? ["alias", "0123"] : null,
    NetworkID: id(2),
    EndpointID: id(7),
    Gateway: "10.1.0.1",
    IPAddress: `10.1.0.${number + 1}`,
    IPPrefixLen: 16,
    IPv6Gateway: "",
    GlobalIPv6Address: "",
    GlobalIPv6PrefixLen: 0,
    MacAddress: `02:42:0a:01:00:0${number + 1}`,
    DriverOpts: null,
  };
}

export function containerAnswer(number: number, name: string, running: boolean): ContainerResource {
  const config = {
    Hostname: id(number).slice(0, 12),
    Domainname: "",
    User: "",
    AttachStdin: false,
    AttachStdout: true,
    AttachStderr: true,
    ExposedPorts: { "80/tcp": {}, "81/tcp": {}, "82/tcp": {}, "443/tcp": {} },
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    Env: ["PATH=/usr/bin:/bin", "A=<b>&c"],
    Cmd: ["sh", "-c", 'while true; do echo "hello"; sleep 1; done'],
    Image: name === "web" ? "nginx:alpine" : "alpine:latest",
    Volumes: null,
    WorkingDir: "",
    Entrypoint: null,
    OnBuild: null,
    Labels: { "com.example.some-label": "some value" },
  };
  return {
    Id: id(number),
    Created: "2026-11-22T18:52:41.282544718Z",
    Path: "sh",
    Args: ["-c", 'while true; do echo "hello"; sleep 1; done'],
    State: {
      Status: running ? "running" : "exited",
      Running: running,
      Paused: false,
      Restarting: false,
      OOMKilled: false,
      Dead: false,
      Pid: running ? 4711 : 0,
      ExitCode: running ? 0 : 137,
      Error: "",
      StartedAt: "2026-11-22T18:52:42.5Z",
      FinishedAt: "0001-01-01T00:00:00Z",
    },
    Image: `sha256:${id(9)}`,
    ResolvConfPath: `/var/lib/docker/containers/${id(number)}/resolv.conf`,
    HostnamePath: `/var/lib/docker/containers/${id(number)}/hostname`,
    HostsPath: `/var/lib/docker/containers/${id(number)}/hosts`,
    LogPath: `/var/lib/docker/containers/${id(number)}/${id(number)}-json.log`,
    Name: `/${name}`,
    RestartCount: 0,
    Driver: "overlay2",
    Platform: "linux",
    MountLabel: "",
    ProcessLabel: "",
    AppArmorProfile: "",
    ExecIDs: null,
    HostConfig: {
      Binds: null,
      ContainerIDFile: "",
      LogConfig: { Type: "json-file", Config: {} },
      NetworkMode: "net10",
      PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] },
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
      AutoRemove: false,
      VolumeDriver: "",
      VolumesFrom: null,
      CapAdd: ["NET_ADMIN"],
      CapDrop: null,
      Dns: [],
      DnsOptions: [],
      DnsSearch: [],
      ExtraHosts: null,
      Links: null,
      PidMode: "",
      Privileged: false,
      PublishAllPorts: false,
      UTSMode: "",
      Memory: 536_870_912,
      MemorySwappiness: null,
      OomKillDisable: false,
      PidsLimit: null,
      ShmSize: 67_108_864,
    },
    GraphDriver: { Data: { MergedDir: "/var/lib/docker/overlay2/1/merged" }, Name: "overlay2" },
    Mounts:
      name === "web"
        ? [
            {
              Type: "volume",
              Name: "a-volume-with-a-long-name",
              Source: "/var/lib/docker/volumes/a/_data",
              Destination: "/data",
              Driver: "local",
              Mode: "z",
              RW: true,
              Propagation: "",
            },
          ]
        : [],
    Config: config,
    NetworkSettings: {
      Bridge: "",
      SandboxID: id(5),
      HairpinMode: false,
      LinkLocalIPv6Address: "",
      LinkLocalIPv6PrefixLen: 0,
      Ports: running
        ? {
            "443/tcp": [{ HostIp: "127.0.0.1", HostPort: "443" }],
            "80/tcp": [
              { HostIp: "0.0.0.0", HostPort: "8080" },
              { HostIp: "::", HostPort: "8080" },
            ],
            "81/tcp": null,
            "82/tcp": null,
          }
        : {},
      SandboxKey: "/var/run/docker/netns/555501234567",
      SecondaryIPAddresses: null,
      SecondaryIPv6Addresses: null,
      EndpointID: "",
      Gateway: "",
      GlobalIPv6Address: "",
      GlobalIPv6PrefixLen: 0,
      IPAddress: "",
      IPPrefixLen: 0,
      IPv6Gateway: "",
      MacAddress: "",
      Networks: { net10: endpoint(number) },
    },
  };
}

export function networkAnswer(number: number, name: string): NetworkResource {
  return {
    Name: name,
    Id: id(number),
    Created: "2026-11-22T18:52:41.28254471Z",
    Scope: "local",
    Driver: "bridge",
    EnableIPv6: false,
    IPAM: {
      Driver: "default",
      Options: number === 1 ? {} : null,
      Config: [{ Subnet: `10.${number}.0.0/16`, Gateway: `10.${number}.0.1` }],
    },
    Internal: number === 2,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: "" },
    ConfigOnly: false,
    Containers:
      number === 2
        ? {
            [id(1)]: {
              Name: "web",
              EndpointID: id(7),
              MacAddress: "02:42:0a:01:00:02",
              IPv4Address: "10.1.0.2/16",
              IPv6Address: "",
            },
          }
        : {},
    Options: number === 3 ? { "com.docker.network.bridge.name": "docker0" } : {},
    Labels: number === 1 ? { stage: "test" } : {},
  };
}

export function imageAnswer(number: number, tags: string[]): ImageResource {
  const { Config } = containerAnswer(number, "x", false);
  return {
    Id: `sha256:${id(number)}`,
    RepoTags: tags,
    RepoDigests: tags.slice(0, 1).map((tag) => `${tag.split(":")[0]}@sha256:${id(8)}`),
    Parent: "",
    Comment: "",
    Created: "2026-10-01T08:00:00.5Z",
    Container: "",
    ContainerConfig: Config,
    DockerVersion: "20.10.24",
    Author: "",
    Config,
    Architecture: "amd64",
    Os: "linux",
    Size: 5_543_718 * number,
    VirtualSize: 5_543_718 * number,
    GraphDriver: { Data: null, Name: "overlay2" },
    RootFS: { Type: "layers", Layers: [`sha256:${id(6)}`] },
    Metadata: { LastTagTime: "0001-01-01T00:00:00Z" },
  };
}

export function volumeAnswer(name: string): VolumeResource {
  return {
    CreatedAt: "2026-11-22T18:52:41Z",
    Driver: "local",
    Labels: name === "v2" ? { stage: "test" } : null,
    Mountpoint: `/var/lib/docker/volumes/${name}/_data`,
    Name: name,
    Options: {},
    Scope: "local",
  };
}
