#!/usr/bin/env node
import { readFileSync } from "node:fs";

// Everything else is loaded only when it is needed: a version must come at once.
const version = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

if (process.argv.length === 3 && ["--version", "-V"].includes(process.argv[2]!)) {
  process.stdout.write(`${version}\n`);
} else {
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    throw error;
  });
  const { runCli } = await import("./program.ts");
  const { makeWorld } = await import("./make-world.ts");
  process.exitCode = await runCli(process.argv.slice(2), version, makeWorld);
}
