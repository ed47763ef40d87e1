import { atLeast, atMost, type CommandGroup, exactly, noArguments, opt } from "../command-spec.ts";

export const NETWORK: CommandGroup = {
  name: "network",
  short: "Manage networks",
  commands: [
    {
      name: "connect",
      use: "[OPTIONS] NETWORK CONTAINER",
      short: "Connect a container to a network",
      args: exactly(2),
      options: [
        opt("alias", "strings", "Add network-scoped alias for the container"),
        opt("driver-opt", "strings", "driver options for the network"),
        opt("ip", "string", "IPv4 address (e.g., 172.30.100.104)"),
        opt("ip6", "string", "IPv6 address (e.g., 2001:db8::33)"),
        opt("link", "list", "Add link to another container", "", { check: "link" }),
        opt("link-local-ip", "strings", "Add a link-local address for the container"),
      ],
    },
    {
      name: "create",
      use: "[OPTIONS] NETWORK",
      short: "Create a network",
      args: exactly(1),
      options: [
        opt("attachable", "bool", "Enable manual container attachment"),
        opt("aux-address", "map", "Auxiliary IPv4 or IPv6 addresses used by Network driver", "map[]"),
        opt("config-from", "string", "The network from which to copy the configuration"),
        opt("config-only", "bool", "Create a configuration only network"),
        opt("d,driver", "string", "Driver to manage the Network", "bridge"),
        opt("gateway", "strings", "IPv4 or IPv6 Gateway for the master subnet"),
        opt("ingress", "bool", "Create swarm routing-mesh network"),
        opt("internal", "bool", "Restrict external access to the network"),
        opt("ip-range", "strings", "Allocate container ip from a sub-range"),
        opt("ipam-driver", "string", "IP Address Management Driver", "default"),
        opt("ipam-opt", "map", "Set IPAM driver specific options", "map[]"),
        opt("ipv6", "bool", "Enable IPv6 networking"),
        opt("label", "list", "Set metadata on a network", "", { check: "label" }),
        opt("o,opt", "map", "Set driver specific options", "map[]"),
        opt("scope", "string", "Control the network's scope"),
        opt("subnet", "strings", "Subnet in CIDR format that represents a network segment"),
      ],
    },
    {
      name: "disconnect",
      use: "[OPTIONS] NETWORK CONTAINER",
      short: "Disconnect a container from a network",
      args: exactly(2),
      options: [opt("f,force", "bool", "Force the container to disconnect from a network")],
    },
    {
      name: "inspect",
      use: "[OPTIONS] NETWORK [NETWORK...]",
      short: "Display detailed information on one or more networks",
      args: atLeast(1),
      options: [
        opt("f,format", "string", "Format the output using the given Go template"),
        opt("v,verbose", "bool", "Verbose output for diagnostics"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List networks",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Provide filter values (e.g. 'driver=bridge')"),
        opt("format", "string", "Pretty-print networks using a Go template"),
        opt("no-trunc", "bool", "Do not truncate the output"),
        opt("q,quiet", "bool", "Only display network IDs"),
      ],
    },
    {
      name: "prune",
      use: "[OPTIONS]",
      short: "Remove all unused networks",
      args: noArguments,
      options: [
        opt("filter", "filter", "Provide filter values (e.g. 'until=<timestamp>')"),
        opt("f,force", "bool", "Do not prompt for confirmation"),
      ],
    },
    {
      name: "rm",
      use: "NETWORK [NETWORK...]",
      short: "Remove one or more networks",
      aliases: ["remove"],
      args: atLeast(1),
    },
  ],
};

export const VOLUME: CommandGroup = {
  name: "volume",
  short: "Manage volumes",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] [VOLUME]",
      short: "Create a volume",
      args: atMost(1),
      options: [
        opt("d,driver", "string", "Specify volume driver name", "local"),
        opt("label", "list", "Set metadata for a volume", "", { check: "label" }),
        opt("o,opt", "map", "Set driver specific options", "map[]"),
      ],
    },
    {
      name: "inspect",
      use: "[OPTIONS] VOLUME [VOLUME...]",
      short: "Display detailed information on one or more volumes",
      args: atLeast(1),
      options: [opt("f,format", "string", "Format the output using the given Go template")],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List volumes",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Provide filter values (e.g. 'dangling=true')"),
        opt("format", "string", "Pretty-print volumes using a Go template"),
        opt("q,quiet", "bool", "Only display volume names"),
      ],
    },
    {
      name: "prune",
      use: "[OPTIONS]",
      short: "Remove all unused local volumes",
      args: noArguments,
      options: [
        opt("filter", "filter", "Provide filter values (e.g. 'label=<label>')"),
        opt("f,force", "bool", "Do not prompt for confirmation"),
      ],
    },
    {
      name: "rm",
      use: "[OPTIONS] VOLUME [VOLUME...]",
      short: "Remove one or more volumes",
      long: "Remove one or more volumes. You cannot remove a volume that is in use by a container.",
      aliases: ["remove"],
      args: atLeast(1),
      options: [opt("f,force", "bool", "Force the removal of one or more volumes")],
    },
  ],
};
