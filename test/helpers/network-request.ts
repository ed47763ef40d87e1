import type { NetworkCreateRequest } from "../../src/docker/api/network-types.ts";

/** What `docker network create NAME` asks the engine for, to be told further. */
export function networkRequest(name: string, more: Partial<NetworkCreateRequest> = {}): NetworkCreateRequest {
  return {
    Name: name,
    CheckDuplicate: true,
    Driver: "bridge",
    Internal: false,
    Attachable: false,
    Ingress: false,
    EnableIPv6: false,
    IPAM: { Driver: "default", Options: {}, Config: [] },
    Options: {},
    Labels: {},
    ...more,
  };
}
