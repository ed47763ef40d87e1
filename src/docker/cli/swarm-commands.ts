import { ClientError, type Invocation, type Runner } from "./client-context.ts";
import { unsimulated } from "./unsimulated.ts";

const NOT_A_MANAGER =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

/** Commands that an engine outside of a swarm refuses. */
const FOR_MANAGERS = [
  ...["create", "inspect", "ls", "rm"].flatMap((name) => [`config ${name}`, `secret ${name}`]),
  ...["demote", "inspect", "ls", "promote", "ps", "rm", "update"].map((name) => `node ${name}`),
  ...["create", "inspect", "logs", "ls", "ps", "rm", "rollback", "scale", "update"].map(
    (name) => `service ${name}`,
  ),
  ...["deploy", "ls", "ps", "rm", "services"].map((name) => `stack ${name}`),
  ...["ca", "join-token", "unlock-key", "update"].map((name) => `swarm ${name}`),
];

/** Without an engine there is nobody to refuse. @throws {ClientError} */
function demandEngine(invocation: Invocation): void {
  void invocation.api;
}

function refuse(invocation: Invocation): never {
  demandEngine(invocation);
  throw new ClientError(`Error response from daemon: ${NOT_A_MANAGER}`);
}

/** The commands of swarm mode, which hosts here are not in. */
export const SWARM_RUNNERS: Readonly<Record<string, Runner>> = {
  ...Object.fromEntries(FOR_MANAGERS.map((path) => [path, refuse])),
  "swarm init": unsimulated("swarm mode"),
  "swarm join": unsimulated("swarm mode"),
  "swarm leave": (invocation) => {
    demandEngine(invocation);
    throw new ClientError("Error response from daemon: This node is not part of a swarm");
  },
};
