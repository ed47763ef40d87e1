import {
  atLeast,
  atMost,
  type CommandSpec,
  exactly,
  noArguments,
  type OptionSpec,
  opt,
} from "../command-spec.ts";

export const ROOT_COMMANDS: readonly CommandSpec[] = [
  {
    name: "inspect",
    use: "[OPTIONS] NAME|ID [NAME|ID...]",
    short: "Return low-level information on Docker objects",
    args: atLeast(1),
    options: [
      opt("f,format", "string", "Format the output using the given Go template"),
      opt("s,size", "bool", "Display total file sizes if the type is container"),
      opt("type", "string", "Return JSON for specified type"),
    ],
  },
  {
    name: "login",
    use: "[OPTIONS] [SERVER]",
    short: "Log in to a Docker registry",
    long: "Log in to a Docker registry.\nIf no server is specified, the default is defined by the daemon.",
    args: atMost(1),
    options: [
      opt("p,password", "string", "Password"),
      opt("password-stdin", "bool", "Take the password from stdin"),
      opt("u,username", "string", "Username"),
    ],
  },
  {
    name: "logout",
    use: "[SERVER]",
    short: "Log out from a Docker registry",
    long: "Log out from a Docker registry.\nIf no server is specified, the default is defined by the daemon.",
    args: atMost(1),
  },
  {
    name: "search",
    use: "[OPTIONS] TERM",
    short: "Search the Docker Hub for images",
    args: exactly(1),
    options: [
      opt("f,filter", "filter", "Filter output based on conditions provided"),
      opt("format", "string", "Pretty-print search using a Go template"),
      opt("limit", "int", "Max number of search results", "25"),
      opt("no-trunc", "bool", "Don't truncate output"),
    ],
  },
  {
    name: "version",
    use: "[OPTIONS]",
    short: "Show the Docker version information",
    args: noArguments,
    options: [
      opt("f,format", "string", "Format the output using the given Go template"),
      opt("kubeconfig", "string", "Kubernetes config file"),
    ],
  },
];

export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  opt("config", "string", "Location of client config files", "/root/.docker"),
  opt(
    "c,context",
    "string",
    'Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")',
  ),
  opt("D,debug", "bool", "Enable debug mode"),
  opt("H,host", "list", "Daemon socket(s) to connect to"),
  opt("l,log-level", "string", 'Set the logging level ("debug"|"info"|"warn"|"error"|"fatal")', "info"),
  opt("tls", "bool", "Use TLS; implied by --tlsverify"),
  opt("tlscacert", "string", "Trust certs signed only by this CA", "/root/.docker/ca.pem"),
  opt("tlscert", "string", "Path to TLS certificate file", "/root/.docker/cert.pem"),
  opt("tlskey", "string", "Path to TLS key file", "/root/.docker/key.pem"),
  opt("tlsverify", "bool", "Use TLS and verify the remote"),
  opt("v,version", "bool", "Print version information and quit"),
];
