import {
  anyArguments,
  atLeast,
  between,
  type CommandGroup,
  exactly,
  noArguments,
  opt,
} from "../command-spec.ts";

export const SWARM: CommandGroup = {
  name: "swarm",
  short: "Manage Swarm",
  commands: [
    {
      name: "ca",
      use: "[OPTIONS]",
      short: "Display and rotate the root CA",
      args: noArguments,
      options: [
        opt(
          "ca-cert",
          "pem-file",
          "Path to the PEM-formatted root CA certificate to use for the new cluster",
        ),
        opt("ca-key", "pem-file", "Path to the PEM-formatted root CA key to use for the new cluster"),
        opt("cert-expiry", "duration", "Validity period for node certificates (ns|us|ms|s|m|h)", "2160h0m0s"),
        opt("d,detach", "bool", "Exit immediately instead of waiting for the root rotation to converge"),
        opt("external-ca", "external-ca", "Specifications of one or more certificate signing endpoints"),
        opt("q,quiet", "bool", "Suppress progress output"),
        opt(
          "rotate",
          "bool",
          "Rotate the swarm CA - if no certificate or key are provided, new ones will be generated",
        ),
      ],
    },
    {
      name: "init",
      use: "[OPTIONS]",
      short: "Initialize a swarm",
      args: noArguments,
      options: [
        opt("advertise-addr", "string", "Advertised address (format: <ip|interface>[:port])"),
        opt(
          "autolock",
          "bool",
          "Enable manager autolocking (requiring an unlock key to start a stopped manager)",
        ),
        opt("availability", "string", 'Availability of the node ("active"|"pause"|"drain")', "active"),
        opt("cert-expiry", "duration", "Validity period for node certificates (ns|us|ms|s|m|h)", "2160h0m0s"),
        opt(
          "data-path-addr",
          "string",
          "Address or interface to use for data path traffic (format: <ip|interface>)",
        ),
        opt(
          "data-path-port",
          "uint32",
          "Port number to use for data path traffic (1024 - 49151). If no value is set or is set to 0, the default port (4789) is used.",
        ),
        opt("default-addr-pool", "ipNetSlice", "default address pool in CIDR format", "[]"),
        opt("default-addr-pool-mask-length", "uint32", "default address pool subnet mask length", "24"),
        opt("dispatcher-heartbeat", "duration", "Dispatcher heartbeat period (ns|us|ms|s|m|h)", "5s"),
        opt("external-ca", "external-ca", "Specifications of one or more certificate signing endpoints"),
        opt("force-new-cluster", "bool", "Force create a new cluster from current state"),
        opt("listen-addr", "node-addr", "Listen address (format: <ip|interface>[:port])", "0.0.0.0:2377"),
        opt("max-snapshots", "uint", "Number of additional Raft snapshots to retain"),
        opt("snapshot-interval", "uint", "Number of log entries between Raft snapshots", "10000"),
        opt("task-history-limit", "int", "Task history retention limit", "5"),
      ],
    },
    {
      name: "join",
      use: "[OPTIONS] HOST:PORT",
      short: "Join a swarm as a node and/or manager",
      args: exactly(1),
      options: [
        opt("advertise-addr", "string", "Advertised address (format: <ip|interface>[:port])"),
        opt("availability", "string", 'Availability of the node ("active"|"pause"|"drain")', "active"),
        opt(
          "data-path-addr",
          "string",
          "Address or interface to use for data path traffic (format: <ip|interface>)",
        ),
        opt("listen-addr", "node-addr", "Listen address (format: <ip|interface>[:port])", "0.0.0.0:2377"),
        opt("token", "string", "Token for entry into the swarm"),
      ],
    },
    {
      name: "join-token",
      use: "[OPTIONS] (worker|manager)",
      short: "Manage join tokens",
      args: exactly(1),
      options: [opt("q,quiet", "bool", "Only display token"), opt("rotate", "bool", "Rotate join token")],
    },
    {
      name: "leave",
      use: "[OPTIONS]",
      short: "Leave the swarm",
      args: noArguments,
      options: [opt("f,force", "bool", "Force this node to leave the swarm, ignoring warnings")],
    },
    {
      name: "unlock",
      use: "",
      short: "Unlock swarm",
      args: noArguments,
    },
    {
      name: "unlock-key",
      use: "[OPTIONS]",
      short: "Manage the unlock key",
      args: noArguments,
      options: [opt("q,quiet", "bool", "Only display token"), opt("rotate", "bool", "Rotate unlock key")],
    },
    {
      name: "update",
      use: "[OPTIONS]",
      short: "Update the swarm",
      args: noArguments,
      options: [
        opt("autolock", "bool", "Change manager autolocking setting (true|false)"),
        opt("cert-expiry", "duration", "Validity period for node certificates (ns|us|ms|s|m|h)", "2160h0m0s"),
        opt("dispatcher-heartbeat", "duration", "Dispatcher heartbeat period (ns|us|ms|s|m|h)", "5s"),
        opt("external-ca", "external-ca", "Specifications of one or more certificate signing endpoints"),
        opt("max-snapshots", "uint", "Number of additional Raft snapshots to retain"),
        opt("snapshot-interval", "uint", "Number of log entries between Raft snapshots", "10000"),
        opt("task-history-limit", "int", "Task history retention limit", "5"),
      ],
    },
  ],
};

export const NODE: CommandGroup = {
  name: "node",
  short: "Manage Swarm nodes",
  commands: [
    {
      name: "demote",
      use: "NODE [NODE...]",
      short: "Demote one or more nodes from manager in the swarm",
      args: atLeast(1),
    },
    {
      name: "inspect",
      use: "[OPTIONS] self|NODE [NODE...]",
      short: "Display detailed information on one or more nodes",
      args: atLeast(1),
      options: [
        opt("f,format", "string", "Format the output using the given Go template"),
        opt("pretty", "bool", "Print the information in a human friendly format"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List nodes in the swarm",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print nodes using a Go template"),
        opt("q,quiet", "bool", "Only display IDs"),
      ],
    },
    {
      name: "promote",
      use: "NODE [NODE...]",
      short: "Promote one or more nodes to manager in the swarm",
      args: atLeast(1),
    },
    {
      name: "ps",
      use: "[OPTIONS] [NODE...]",
      short: "List tasks running on one or more nodes, defaults to current node",
      args: anyArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print tasks using a Go template"),
        opt("no-resolve", "bool", "Do not map IDs to Names"),
        opt("no-trunc", "bool", "Do not truncate output"),
        opt("q,quiet", "bool", "Only display task IDs"),
      ],
    },
    {
      name: "rm",
      use: "[OPTIONS] NODE [NODE...]",
      short: "Remove one or more nodes from the swarm",
      aliases: ["remove"],
      args: atLeast(1),
      options: [opt("f,force", "bool", "Force remove a node from the swarm")],
    },
    {
      name: "update",
      use: "[OPTIONS] NODE",
      short: "Update a node",
      args: exactly(1),
      options: [
        opt("availability", "string", 'Availability of the node ("active"|"pause"|"drain")'),
        opt("label-add", "list", "Add or update a node label (key=value)"),
        opt("label-rm", "list", "Remove a node label if exists"),
        opt("role", "string", 'Role of the node ("worker"|"manager")'),
      ],
    },
  ],
};

export const CONFIG: CommandGroup = {
  name: "config",
  short: "Manage Docker configs",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] CONFIG file|-",
      short: "Create a config from a file or STDIN",
      args: exactly(2),
      options: [
        opt("l,label", "list", "Config labels", "", { check: "label" }),
        opt("template-driver", "string", "Template driver"),
      ],
    },
    {
      name: "inspect",
      use: "[OPTIONS] CONFIG [CONFIG...]",
      short: "Display detailed information on one or more configs",
      args: atLeast(1),
      options: [
        opt("f,format", "string", "Format the output using the given Go template"),
        opt("pretty", "bool", "Print the information in a human friendly format"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List configs",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print configs using a Go template"),
        opt("q,quiet", "bool", "Only display IDs"),
      ],
    },
    {
      name: "rm",
      use: "CONFIG [CONFIG...]",
      short: "Remove one or more configs",
      aliases: ["remove"],
      args: atLeast(1),
    },
  ],
};

export const SECRET: CommandGroup = {
  name: "secret",
  short: "Manage Docker secrets",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] SECRET [file|-]",
      short: "Create a secret from a file or STDIN as content",
      args: between(1, 2),
      options: [
        opt("d,driver", "string", "Secret driver"),
        opt("l,label", "list", "Secret labels", "", { check: "label" }),
        opt("template-driver", "string", "Template driver"),
      ],
    },
    {
      name: "inspect",
      use: "[OPTIONS] SECRET [SECRET...]",
      short: "Display detailed information on one or more secrets",
      args: atLeast(1),
      options: [
        opt("f,format", "string", "Format the output using the given Go template"),
        opt("pretty", "bool", "Print the information in a human friendly format"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List secrets",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print secrets using a Go template"),
        opt("q,quiet", "bool", "Only display IDs"),
      ],
    },
    {
      name: "rm",
      use: "SECRET [SECRET...]",
      short: "Remove one or more secrets",
      aliases: ["remove"],
      args: atLeast(1),
    },
  ],
};
