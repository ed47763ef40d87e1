import { type CommandGroup, noArguments, opt } from "../command-spec.ts";

export const SYSTEM: CommandGroup = {
  name: "system",
  short: "Manage Docker",
  commands: [
    {
      name: "df",
      use: "[OPTIONS]",
      short: "Show docker disk usage",
      args: noArguments,
      options: [
        opt("format", "string", "Pretty-print images using a Go template"),
        opt("v,verbose", "bool", "Show detailed information on space usage"),
      ],
    },
    {
      name: "events",
      use: "[OPTIONS]",
      short: "Get real time events from the server",
      args: noArguments,
      options: [
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Format the output using the given Go template"),
        opt("since", "string", "Show all events created since timestamp"),
        opt("until", "string", "Stream events until this timestamp"),
      ],
    },
    {
      name: "info",
      use: "[OPTIONS]",
      short: "Display system-wide information",
      args: noArguments,
      options: [opt("f,format", "string", "Format the output using the given Go template")],
    },
    {
      name: "prune",
      use: "[OPTIONS]",
      short: "Remove unused data",
      args: noArguments,
      options: [
        opt("a,all", "bool", "Remove all unused images not just dangling ones"),
        opt("filter", "filter", "Provide filter values (e.g. 'label=<key>=<value>')"),
        opt("f,force", "bool", "Do not prompt for confirmation"),
        opt("volumes", "bool", "Prune volumes"),
      ],
    },
  ],
};
