import {
  anyArguments,
  atLeast,
  between,
  type CommandGroup,
  exactly,
  noArguments,
  opt,
} from "../command-spec.ts";

export const CONTEXT: CommandGroup = {
  name: "context",
  short: "Manage contexts",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] CONTEXT",
      short: "Create a context",
      long: 'Create a context\n\nDocker endpoint config:\n\nNAME                DESCRIPTION\nfrom                Copy named context\'s Docker endpoint configuration\nhost                Docker endpoint on which to connect\nca                  Trust certs signed only by this CA\ncert                Path to TLS certificate file\nkey                 Path to TLS key file\nskip-tls-verify     Skip TLS certificate validation\n\nKubernetes endpoint config:\n\nNAME                 DESCRIPTION\nfrom                 Copy named context\'s Kubernetes endpoint configuration\nconfig-file          Path to a Kubernetes config file\ncontext-override     Overrides the context set in the kubernetes config file\nnamespace-override   Overrides the namespace set in the kubernetes config file\n\nExample:\n\n$ docker context create my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"',
      args: exactly(1),
      options: [
        opt(
          "default-stack-orchestrator",
          "string",
          "Default orchestrator for stack operations to use with this context (swarm|kubernetes|all)",
        ),
        opt("description", "string", "Description of the context"),
        opt("docker", "stringToString", "set the docker endpoint", "[]"),
        opt("from", "string", "create context from a named context"),
        opt("kubernetes", "stringToString", "set the kubernetes endpoint", "[]"),
      ],
    },
    {
      name: "export",
      use: "[OPTIONS] CONTEXT [FILE|-]",
      short: "Export a context to a tar or kubeconfig file",
      args: between(1, 2),
      options: [opt("kubeconfig", "bool", "Export as a kubeconfig file")],
    },
    {
      name: "import",
      use: "CONTEXT FILE|-",
      short: "Import a context from a tar or zip file",
      args: exactly(2),
    },
    {
      name: "inspect",
      use: "[OPTIONS] [CONTEXT] [CONTEXT...]",
      short: "Display detailed information on one or more contexts",
      args: anyArguments,
      options: [opt("f,format", "string", "Format the output using the given Go template")],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List contexts",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("format", "string", "Pretty-print contexts using a Go template"),
        opt("q,quiet", "bool", "Only show context names"),
      ],
    },
    {
      name: "rm",
      use: "CONTEXT [CONTEXT...]",
      short: "Remove one or more contexts",
      aliases: ["remove"],
      args: atLeast(1),
      options: [opt("f,force", "bool", "Force the removal of a context in use")],
    },
    {
      name: "update",
      use: "[OPTIONS] CONTEXT",
      short: "Update a context",
      long: 'Update a context\n\nDocker endpoint config:\n\nNAME                DESCRIPTION\nfrom                Copy named context\'s Docker endpoint configuration\nhost                Docker endpoint on which to connect\nca                  Trust certs signed only by this CA\ncert                Path to TLS certificate file\nkey                 Path to TLS key file\nskip-tls-verify     Skip TLS certificate validation\n\nKubernetes endpoint config:\n\nNAME                 DESCRIPTION\nfrom                 Copy named context\'s Kubernetes endpoint configuration\nconfig-file          Path to a Kubernetes config file\ncontext-override     Overrides the context set in the kubernetes config file\nnamespace-override   Overrides the namespace set in the kubernetes config file\n\nExample:\n\n$ docker context update my-context --description "some description" --docker "host=tcp://myserver:2376,ca=~/ca-file,cert=~/cert-file,key=~/key-file"',
      args: exactly(1),
      options: [
        opt(
          "default-stack-orchestrator",
          "string",
          "Default orchestrator for stack operations to use with this context (swarm|kubernetes|all)",
        ),
        opt("description", "string", "Description of the context"),
        opt("docker", "stringToString", "set the docker endpoint", "[]"),
        opt("kubernetes", "stringToString", "set the kubernetes endpoint", "[]"),
      ],
    },
    {
      name: "use",
      use: "CONTEXT",
      short: "Set the current docker context",
      args: anyArguments,
    },
  ],
};

export const MANIFEST: CommandGroup = {
  name: "manifest",
  short: "Manage Docker image manifests and manifest lists",
  long: "The **docker manifest** command has subcommands for managing image manifests and\nmanifest lists. A manifest list allows you to use one name to refer to the same image\nbuilt for multiple architectures.\n\nTo see help for a subcommand, use:\n\n    docker manifest CMD --help\n\nFor full details on using docker manifest lists, see the registry v2 specification.",
  commands: [
    {
      name: "annotate",
      use: "[OPTIONS] MANIFEST_LIST MANIFEST",
      short: "Add additional information to a local image manifest",
      args: exactly(2),
      options: [
        opt("arch", "string", "Set architecture"),
        opt("os", "string", "Set operating system"),
        opt("os-features", "strings", "Set operating system feature"),
        opt("os-version", "string", "Set operating system version"),
        opt("variant", "string", "Set architecture variant"),
      ],
    },
    {
      name: "create",
      use: "MANIFEST_LIST MANIFEST [MANIFEST...]",
      short: "Create a local manifest list for annotating and pushing to a registry",
      args: atLeast(2),
      options: [
        opt("a,amend", "bool", "Amend an existing manifest list"),
        opt("insecure", "bool", "Allow communication with an insecure registry"),
      ],
    },
    {
      name: "inspect",
      use: "[OPTIONS] [MANIFEST_LIST] MANIFEST",
      short: "Display an image manifest, or manifest list",
      args: between(1, 2),
      options: [
        opt("insecure", "bool", "Allow communication with an insecure registry"),
        opt("v,verbose", "bool", "Output additional info including layers and platform"),
      ],
    },
    {
      name: "push",
      use: "[OPTIONS] MANIFEST_LIST",
      short: "Push a manifest list to a repository",
      args: exactly(1),
      options: [
        opt("insecure", "bool", "Allow push to an insecure registry"),
        opt("p,purge", "bool", "Remove the local manifest list after push"),
      ],
    },
    {
      name: "rm",
      use: "MANIFEST_LIST [MANIFEST_LIST...]",
      short: "Delete one or more manifest lists from local storage",
      args: atLeast(1),
    },
  ],
};

export const PLUGIN: CommandGroup = {
  name: "plugin",
  short: "Manage plugins",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] PLUGIN PLUGIN-DATA-DIR",
      short:
        "Create a plugin from a rootfs and configuration. Plugin data directory must contain config.json and rootfs directory.",
      args: atLeast(2),
      options: [opt("compress", "bool", "Compress the context using gzip")],
    },
    {
      name: "disable",
      use: "[OPTIONS] PLUGIN",
      short: "Disable a plugin",
      args: exactly(1),
      options: [opt("f,force", "bool", "Force the disable of an active plugin")],
    },
    {
      name: "enable",
      use: "[OPTIONS] PLUGIN",
      short: "Enable a plugin",
      args: exactly(1),
      options: [opt("timeout", "int", "HTTP client timeout (in seconds)", "30")],
    },
    {
      name: "inspect",
      use: "[OPTIONS] PLUGIN [PLUGIN...]",
      short: "Display detailed information on one or more plugins",
      args: atLeast(1),
      options: [opt("f,format", "string", "Format the output using the given Go template")],
    },
    {
      name: "install",
      use: "[OPTIONS] PLUGIN [KEY=VALUE...]",
      short: "Install a plugin",
      args: atLeast(1),
      options: [
        opt("alias", "string", "Local name for plugin"),
        opt("disable", "bool", "Do not enable the plugin on install"),
        opt("disable-content-trust", "bool", "Skip image verification", "true"),
        opt("grant-all-permissions", "bool", "Grant all permissions necessary to run the plugin"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List plugins",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Provide filter values (e.g. 'enabled=true')"),
        opt("format", "string", "Pretty-print plugins using a Go template"),
        opt("no-trunc", "bool", "Don't truncate output"),
        opt("q,quiet", "bool", "Only display plugin IDs"),
      ],
    },
    {
      name: "push",
      use: "[OPTIONS] PLUGIN[:TAG]",
      short: "Push a plugin to a registry",
      args: exactly(1),
      options: [opt("disable-content-trust", "bool", "Skip image signing", "true")],
    },
    {
      name: "rm",
      use: "[OPTIONS] PLUGIN [PLUGIN...]",
      short: "Remove one or more plugins",
      aliases: ["remove"],
      args: atLeast(1),
      options: [opt("f,force", "bool", "Force the removal of an active plugin")],
    },
    {
      name: "set",
      use: "PLUGIN KEY=VALUE [KEY=VALUE...]",
      short: "Change settings for a plugin",
      args: atLeast(2),
    },
    {
      name: "upgrade",
      use: "[OPTIONS] PLUGIN [REMOTE]",
      short: "Upgrade an existing plugin",
      args: between(1, 2),
      options: [
        opt("disable-content-trust", "bool", "Skip image verification", "true"),
        opt("grant-all-permissions", "bool", "Grant all permissions necessary to run the plugin"),
        opt(
          "skip-remote-check",
          "bool",
          "Do not check if specified remote plugin matches existing plugin image",
        ),
      ],
    },
  ],
};

const TRUST_KEY: CommandGroup = {
  name: "key",
  short: "Manage keys for signing Docker images",
  commands: [
    {
      name: "generate",
      use: "NAME",
      short: "Generate and load a signing key-pair",
      args: exactly(1),
      options: [opt("dir", "string", "Directory to generate key in, defaults to current directory")],
    },
    {
      name: "load",
      use: "[OPTIONS] KEYFILE",
      short: "Load a private key file for signing",
      args: exactly(1),
      options: [opt("name", "string", "Name for the loaded key", "signer")],
    },
  ],
};

const TRUST_SIGNER: CommandGroup = {
  name: "signer",
  short: "Manage entities who can sign Docker images",
  commands: [
    {
      name: "add",
      use: "OPTIONS NAME REPOSITORY [REPOSITORY...] ",
      short: "Add a signer",
      args: atLeast(2),
      options: [opt("key", "list", "Path to the signer's public key file")],
    },
    {
      name: "remove",
      use: "[OPTIONS] NAME REPOSITORY [REPOSITORY...]",
      short: "Remove a signer",
      args: atLeast(2),
      options: [
        opt("f,force", "bool", "Do not prompt for confirmation before removing the most recent signer"),
      ],
    },
  ],
};

export const TRUST: CommandGroup = {
  name: "trust",
  short: "Manage trust on Docker images",
  commands: [
    TRUST_KEY,
    TRUST_SIGNER,
    {
      name: "inspect",
      use: "IMAGE[:TAG] [IMAGE[:TAG]...]",
      short: "Return low-level information about keys and signatures",
      args: atLeast(1),
      options: [opt("pretty", "bool", "Print the information in a human friendly format")],
    },
    {
      name: "revoke",
      use: "[OPTIONS] IMAGE[:TAG]",
      short: "Remove trust for an image",
      args: exactly(1),
      options: [opt("y,yes", "bool", "Do not prompt for confirmation")],
    },
    {
      name: "sign",
      use: "IMAGE:TAG",
      short: "Sign an image",
      args: exactly(1),
      options: [opt("local", "bool", "Sign a locally tagged image")],
    },
  ],
};
