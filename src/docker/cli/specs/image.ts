import { atLeast, atMost, type CommandGroup, exactly, noArguments, opt } from "../command-spec.ts";
import { BUILD_OPTIONS } from "./build-options.ts";

export const IMAGE: CommandGroup = {
  name: "image",
  short: "Manage images",
  commands: [
    {
      name: "build",
      use: "[OPTIONS] PATH | URL | -",
      short: "Build an image from a Dockerfile",
      args: exactly(1),
      options: BUILD_OPTIONS,
    },
    {
      name: "history",
      use: "[OPTIONS] IMAGE",
      short: "Show the history of an image",
      args: exactly(1),
      options: [
        opt("format", "string", "Pretty-print images using a Go template"),
        opt("H,human", "bool", "Print sizes and dates in human readable format", "true"),
        opt("no-trunc", "bool", "Don't truncate output"),
        opt("q,quiet", "bool", "Only show image IDs"),
      ],
    },
    {
      name: "import",
      use: "[OPTIONS] file|URL|- [REPOSITORY[:TAG]]",
      short: "Import the contents from a tarball to create a filesystem image",
      args: atLeast(1),
      options: [
        opt("c,change", "list", "Apply Dockerfile instruction to the created image"),
        opt("m,message", "string", "Set commit message for imported image"),
        opt("platform", "string", "Set platform if server is multi-platform capable"),
      ],
    },
    {
      name: "inspect",
      use: "[OPTIONS] IMAGE [IMAGE...]",
      short: "Display detailed information on one or more images",
      args: atLeast(1),
      options: [opt("f,format", "string", "Format the output using the given Go template")],
    },
    {
      name: "load",
      use: "[OPTIONS]",
      short: "Load an image from a tar archive or STDIN",
      args: noArguments,
      options: [
        opt("i,input", "string", "Read from tar archive file, instead of STDIN"),
        opt("q,quiet", "bool", "Suppress the load output"),
      ],
    },
    {
      name: "ls",
      use: "[OPTIONS] [REPOSITORY[:TAG]]",
      short: "List images",
      aliases: ["list"],
      args: atMost(1),
      options: [
        opt("a,all", "bool", "Show all images", "hides intermediate images"),
        opt("digests", "bool", "Show digests"),
        opt("f,filter", "filter", "Filter output based on conditions provided"),
        opt("format", "string", "Pretty-print images using a Go template"),
        opt("no-trunc", "bool", "Don't truncate output"),
        opt("q,quiet", "bool", "Only show image IDs"),
      ],
    },
    {
      name: "prune",
      use: "[OPTIONS]",
      short: "Remove unused images",
      args: noArguments,
      options: [
        opt("a,all", "bool", "Remove all unused images, not just dangling ones"),
        opt("filter", "filter", "Provide filter values (e.g. 'until=<timestamp>')"),
        opt("f,force", "bool", "Do not prompt for confirmation"),
      ],
    },
    {
      name: "pull",
      use: "[OPTIONS] NAME[:TAG|@DIGEST]",
      short: "Pull an image or a repository from a registry",
      args: exactly(1),
      options: [
        opt("a,all-tags", "bool", "Download all tagged images in the repository"),
        opt("disable-content-trust", "bool", "Skip image verification", "true"),
        opt("platform", "string", "Set platform if server is multi-platform capable"),
        opt("q,quiet", "bool", "Suppress verbose output"),
      ],
    },
    {
      name: "push",
      use: "[OPTIONS] NAME[:TAG]",
      short: "Push an image or a repository to a registry",
      args: exactly(1),
      options: [
        opt("a,all-tags", "bool", "Push all tagged images in the repository"),
        opt("disable-content-trust", "bool", "Skip image signing", "true"),
        opt("q,quiet", "bool", "Suppress verbose output"),
      ],
    },
    {
      name: "rm",
      use: "[OPTIONS] IMAGE [IMAGE...]",
      short: "Remove one or more images",
      aliases: ["rmi", "remove"],
      args: atLeast(1),
      options: [
        opt("f,force", "bool", "Force removal of the image"),
        opt("no-prune", "bool", "Do not delete untagged parents"),
      ],
    },
    {
      name: "save",
      use: "[OPTIONS] IMAGE [IMAGE...]",
      short: "Save one or more images to a tar archive (streamed to STDOUT by default)",
      args: atLeast(1),
      options: [opt("o,output", "string", "Write to a file, instead of STDOUT")],
    },
    {
      name: "tag",
      use: "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
      short: "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
      args: exactly(2),
      optionsFirst: true,
    },
  ],
};

export const BUILDER: CommandGroup = {
  name: "builder",
  short: "Manage builds",
  commands: [
    {
      name: "build",
      use: "[OPTIONS] PATH | URL | -",
      short: "Build an image from a Dockerfile",
      args: exactly(1),
      options: BUILD_OPTIONS,
    },
    {
      name: "prune",
      use: "",
      short: "Remove build cache",
      args: noArguments,
      options: [
        opt("a,all", "bool", "Remove all unused build cache, not just dangling ones"),
        opt("filter", "filter", "Provide filter values (e.g. 'until=24h')"),
        opt("f,force", "bool", "Do not prompt for confirmation"),
        opt("keep-storage", "bytes", "Amount of disk space to keep for cache"),
      ],
    },
  ],
};
