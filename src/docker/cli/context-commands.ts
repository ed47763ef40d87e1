import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { inspectAll } from "./inspect-output.ts";
import { type Listing, listText } from "./list-output.ts";
import { unsimulated } from "./unsimulated.ts";

/** `docker context ...`: there is the engine of this host and no other. */
export const CONTEXT_RUNNERS: Readonly<Record<string, Runner>> = {
  "context inspect": inspect,
  "context ls": list,
  "context rm": remove,
  "context use": use,
  "context create": unsimulated("contexts besides the default one"),
  "context export": unsimulated("contexts besides the default one"),
  "context import": unsimulated("contexts besides the default one"),
  "context update": unsimulated("contexts besides the default one"),
};

const DEFAULT = "default";
const SOCKET = "unix:///var/run/docker.sock";
const TABLE =
  "table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.KubernetesEndpoint}}\t{{.StackOrchestrator}}";

const LISTING: Listing<string> = {
  type: "*formatter.clientContextContext",
  heads: {
    Name: "NAME",
    Description: "DESCRIPTION",
    DockerEndpoint: "DOCKER ENDPOINT",
    KubernetesEndpoint: "KUBERNETES ENDPOINT",
    StackOrchestrator: "ORCHESTRATOR",
  },
  fields: (name) => ({
    Current: true,
    Description: "Current DOCKER_HOST based configuration",
    DockerEndpoint: SOCKET,
    KubernetesEndpoint: "",
    Name: name,
    StackOrchestrator: "swarm",
  }),
};

function list({ context, options }: Invocation): number {
  const said = options.text("format");
  const table = said === "" || said === "table" ? TABLE : said;
  context.out(listText(options.flag("quiet") ? "{{.Name}}" : table, [DEFAULT], LISTING));
  return 0;
}

function inspect({ context, options, args }: Invocation): number {
  return inspectAll(context, args.length === 0 ? [DEFAULT] : args, options.text("format"), (ref) => {
    if (ref !== DEFAULT) throw new ClientError(`context ${JSON.stringify(ref)} does not exist`);
    return {
      type: "inspect.contextWithTLSListing",
      answer: {
        Name: DEFAULT,
        Metadata: { StackOrchestrator: "swarm" },
        Endpoints: { docker: { Host: SOCKET, SkipTLSVerify: false } },
        TLSMaterial: {},
        Storage: { MetadataPath: "<IN MEMORY>", TLSPath: "<IN MEMORY>" },
      },
    };
  });
}

function use({ context, args }: Invocation): number {
  const [name = ""] = args;
  if (name !== DEFAULT) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/.test(name))
      throw new ClientError(
        `context name ${JSON.stringify(name)} is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`,
      );
    throw new ClientError(`context ${JSON.stringify(name)} does not exist`);
  }
  context.out(`${name}\n`);
  context.err(`Current context is now ${JSON.stringify(name)}\n`);
  return 0;
}

function remove({ args }: Invocation): number {
  const refusals = args.map((name) =>
    name === DEFAULT
      ? `${name}: context "default" cannot be removed`
      : `${name}: context ${JSON.stringify(name)} does not exist`,
  );
  throw new ClientError(refusals.join("\n"));
}
