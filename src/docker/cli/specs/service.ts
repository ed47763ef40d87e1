import { atLeast, type CommandGroup, exactly, noArguments, opt } from "../command-spec.ts";
import { SERVICE_CREATE_OPTIONS, SERVICE_OPTIONS, SERVICE_UPDATE_OPTIONS } from "./service-options.ts";

export const SERVICE: CommandGroup = {
  name: "service",
  short: "Manage services",
  commands: [
    {
      name: "create",
      use: "[OPTIONS] IMAGE [COMMAND] [ARG...]",
      short: "Create a new service",
      args: atLeast(1),
      optionsFirst: true,
      options: [...SERVICE_OPTIONS, ...SERVICE_CREATE_OPTIONS],
    },
    {
      name: "inspect",
      use: "[OPTIONS] SERVICE [SERVICE...]",
      short: "Display detailed information on one or more services",
      args: atLeast(1),
      options: [
        opt("f,format", "string", "Format the output using the given Go template"),
        opt("pretty", "bool", "Print the information in a human friendly format"),
      ],
    },
    {
      name: "logs",
      use: "[OPTIONS] SERVICE|TASK",
      short: "Fetch the logs of a service or task",
      args: exactly(1),
      options: [
        opt("details", "bool", "Show extra details provided to logs"),
        opt("f,follow", "bool", "Follow log output"),
        opt("no-resolve", "bool", "Do not map IDs to Names in output"),
        opt("no-task-ids", "bool", "Do not include task IDs in output"),
        opt("no-trunc", "bool", "Do not truncate output"),
        opt("raw", "bool", "Do not neatly format logs"),
        opt(
          "since",
          "string",
          "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)",
        ),
        opt("n,tail", "string", "Number of lines to show from the end of the logs", "all"),
        opt("t,timestamps", "bool", "Show timestamps"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List services",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print services using a Go template"),
        opt("q,quiet", "bool", "Only display IDs"),
      ],
    },
    {
      name: "ps",
      use: "[OPTIONS] SERVICE [SERVICE...]",
      short: "List the tasks of one or more services",
      args: atLeast(1),
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
      use: "SERVICE [SERVICE...]",
      short: "Remove one or more services",
      aliases: ["remove"],
      args: atLeast(1),
    },
    {
      name: "rollback",
      use: "[OPTIONS] SERVICE",
      short: "Revert changes to a service's configuration",
      args: exactly(1),
      options: [
        opt("d,detach", "bool", "Exit immediately instead of waiting for the service to converge"),
        opt("q,quiet", "bool", "Suppress progress output"),
      ],
    },
    {
      name: "scale",
      use: "SERVICE=REPLICAS [SERVICE=REPLICAS...]",
      short: "Scale one or multiple replicated services",
      args: atLeast(1),
      options: [opt("d,detach", "bool", "Exit immediately instead of waiting for the service to converge")],
    },
    {
      name: "update",
      use: "[OPTIONS] SERVICE",
      short: "Update a service",
      args: exactly(1),
      options: [...SERVICE_OPTIONS, ...SERVICE_UPDATE_OPTIONS],
    },
  ],
};

export const STACK: CommandGroup = {
  name: "stack",
  short: "Manage Docker stacks",
  options: [opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)")],
  commands: [
    {
      name: "deploy",
      use: "[OPTIONS] STACK",
      short: "Deploy a new stack or update an existing stack",
      aliases: ["up"],
      args: exactly(1),
      options: [
        opt("c,compose-file", "strings", 'Path to a Compose file, or "-" to read from stdin'),
        opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)"),
        opt("prune", "bool", "Prune services that are no longer referenced"),
        opt(
          "resolve-image",
          "string",
          'Query the registry to resolve image digest and supported platforms ("always"|"changed"|"never")',
          "always",
        ),
        opt("with-registry-auth", "bool", "Send registry authentication details to Swarm agents"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS]",
      short: "List stacks",
      aliases: ["list"],
      args: noArguments,
      options: [
        opt("format", "string", "Pretty-print stacks using a Go template"),
        opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)"),
      ],
    },
    {
      name: "ps",
      use: "[OPTIONS] STACK",
      short: "List the tasks in the stack",
      args: exactly(1),
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print tasks using a Go template"),
        opt("no-resolve", "bool", "Do not map IDs to Names"),
        opt("no-trunc", "bool", "Do not truncate output"),
        opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)"),
        opt("q,quiet", "bool", "Only display task IDs"),
      ],
    },
    {
      name: "rm",
      use: "[OPTIONS] STACK [STACK...]",
      short: "Remove one or more stacks",
      aliases: ["remove", "down"],
      args: atLeast(1),
      options: [opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)")],
    },
    {
      name: "services",
      use: "[OPTIONS] STACK",
      short: "List the services in the stack",
      args: exactly(1),
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print services using a Go template"),
        opt("orchestrator", "string", "Orchestrator to use (swarm|kubernetes|all)"),
        opt("q,quiet", "bool", "Only display IDs"),
      ],
    },
  ],
};
