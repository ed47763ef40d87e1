import { type CommandGroup, type CommandSpec, isGroup } from "./command-spec.ts";
import { COMPLETION } from "./specs/completion.ts";
import { CONTAINER } from "./specs/container.ts";
import { BUILDER, IMAGE } from "./specs/image.ts";
import { NETWORK, VOLUME } from "./specs/network.ts";
import { CONTEXT, MANIFEST, PLUGIN, TRUST } from "./specs/others.ts";
import { GLOBAL_OPTIONS, ROOT_COMMANDS } from "./specs/root.ts";
import { SERVICE, STACK } from "./specs/service.ts";
import { CONFIG, NODE, SECRET, SWARM } from "./specs/swarm.ts";
import { SYSTEM } from "./specs/system.ts";

/** Old spellings at the top: `docker ps` is `docker container ls`. The value is the path of what it is. */
const SHORTCUTS: Readonly<Record<string, readonly [CommandGroup, string]>> = {
  attach: [CONTAINER, "attach"],
  build: [IMAGE, "build"],
  commit: [CONTAINER, "commit"],
  cp: [CONTAINER, "cp"],
  create: [CONTAINER, "create"],
  diff: [CONTAINER, "diff"],
  events: [SYSTEM, "events"],
  exec: [CONTAINER, "exec"],
  export: [CONTAINER, "export"],
  history: [IMAGE, "history"],
  images: [IMAGE, "ls"],
  import: [IMAGE, "import"],
  info: [SYSTEM, "info"],
  kill: [CONTAINER, "kill"],
  load: [IMAGE, "load"],
  logs: [CONTAINER, "logs"],
  pause: [CONTAINER, "pause"],
  port: [CONTAINER, "port"],
  ps: [CONTAINER, "ls"],
  pull: [IMAGE, "pull"],
  push: [IMAGE, "push"],
  rename: [CONTAINER, "rename"],
  restart: [CONTAINER, "restart"],
  rm: [CONTAINER, "rm"],
  rmi: [IMAGE, "rm"],
  run: [CONTAINER, "run"],
  save: [IMAGE, "save"],
  start: [CONTAINER, "start"],
  stats: [CONTAINER, "stats"],
  stop: [CONTAINER, "stop"],
  tag: [IMAGE, "tag"],
  top: [CONTAINER, "top"],
  unpause: [CONTAINER, "unpause"],
  update: [CONTAINER, "update"],
  wait: [CONTAINER, "wait"],
};

const GROUPS: readonly CommandGroup[] = [
  BUILDER,
  COMPLETION,
  CONFIG,
  CONTAINER,
  CONTEXT,
  IMAGE,
  MANIFEST,
  NETWORK,
  NODE,
  PLUGIN,
  SECRET,
  SERVICE,
  STACK,
  SWARM,
  SYSTEM,
  TRUST,
  VOLUME,
];

function shortcut(name: string, group: CommandGroup, target: string): CommandSpec {
  const spec = group.commands.find((command) => command.name === target) as CommandSpec;
  const { aliases: _, ...plain } = spec;
  return { ...plain, name };
}

const SHORTCUT_COMMANDS = Object.entries(SHORTCUTS).map(([name, [group, target]]) =>
  shortcut(name, group, target),
);

/** `docker` itself, with all commands of the client. */
export const DOCKER: CommandGroup = {
  name: "docker",
  short: "A self-sufficient runtime for containers",
  options: GLOBAL_OPTIONS,
  commands: [...GROUPS, ...ROOT_COMMANDS, ...SHORTCUT_COMMANDS],
};

/** The path of a command whose old spelling this is: `ps` is `container ls`; all else is itself. */
export function runnerPath(names: readonly string[]): string {
  const target = names.length === 1 ? SHORTCUTS[names[0]!] : undefined;
  return target === undefined ? names.join(" ") : `${target[0].name} ${target[1]}`;
}

/** Whether the client calls a command an experiment. @param path `docker manifest create` */
export function isExperimental(path: string): boolean {
  return path === "docker manifest" || path.startsWith("docker manifest ");
}

/** The command of that name or alias in a group. */
export function findCommand(group: CommandGroup, name: string): CommandSpec | CommandGroup | null {
  for (const command of group.commands) {
    if (command.name === name) return command;
    if (!isGroup(command) && command.aliases?.includes(name)) return command;
  }
  return null;
}
