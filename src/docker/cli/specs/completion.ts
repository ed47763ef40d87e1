import { type CommandGroup, noArguments, opt } from "../command-spec.ts";

const SHELLS = ["bash", "fish", "powershell", "zsh"];

export const COMPLETION: CommandGroup = {
  name: "completion",
  short: "Generate the autocompletion script for the specified shell",
  long: "Generate the autocompletion script for docker for the specified shell.\nSee each sub-command's help for details on how to use the generated script.",
  commands: SHELLS.map((shell) => ({
    name: shell,
    use: "",
    short: `Generate the autocompletion script for ${shell}`,
    args: noArguments,
    options: [opt("no-descriptions", "bool", "disable completion descriptions")],
  })),
};
