import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { DaemonOptions } from "../src/lab/topology.ts";
import { Identities, mask } from "./agreement/mask.ts";
import { recordedWorld } from "./agreement/recorded-world.ts";

/*
 * What a real Docker Engine 20.10.24 said when it was asked about a subject (test/recorded/docker-asked): `$` and a command
 * of the host, what it printed, and `[N]` when its status was N.
 */

const folder = join(import.meta.dirname, "recorded/docker-asked");
const SECOND = 1_000_000_000;

interface Asked {
  readonly command: string;
  readonly said: string;
}

/** The options that the engine was given, from a line in front of the commands: `# daemon.json {...}`. */
function optionsOf(file: string): DaemonOptions {
  const line = /^# daemon\.json (.*)/.exec(readFileSync(join(folder, file), "utf8"));
  return line === null ? {} : (JSON.parse(line[1]!) as DaemonOptions);
}

/** The client says or does not say this, by how fast the engine was. */
const LATE = /^time=.*level=error msg="error waiting for container: context canceled"\n/gm;

/** The engine goes through a container's links by the chance of a Go map: lines of these are compared as a set. */
const BY_CHANCE = /(?: env| cat \/etc\/hosts)$/;

function inOrder(text: string, ordered: boolean): string {
  return ordered ? text : text.split("\n").sort().join("\n");
}

function read(file: string): Asked[] {
  return readFileSync(join(folder, file), "utf8")
    .split(/^\$ /m)
    .slice(1)
    .map((block) => {
      const end = block.indexOf("\n");
      return { command: block.slice(0, end), said: block.slice(end + 1) };
    });
}

test.each(readdirSync(folder).sort())("A10 what a real engine said is what ours says: %s", async (file) => {
  const world = await recordedWorld(optionsOf(file));
  const identities = new Identities();
  for (const { command, said: recorded } of read(file)) {
    // A container took the real machine a second to start, and much the same to stop.
    world.advance(SECOND);
    const { output: said, status } = await world.type("host", command);
    const output = said.replaceAll(LATE, "");
    const ordered = !BY_CHANCE.test(command);
    const ours = mask(inOrder(`${output}${status === 0 ? "" : `[${status}]\n`}`, ordered));
    const theirs = mask(inOrder(recorded.replaceAll(LATE, ""), ordered));
    expect(`$ ${command}\n${ours.text}`).toBe(`$ ${command}\n${theirs.text}`);
    if (ordered) expect(identities.check(theirs, ours), command).toBeNull();
  }
  expect(world.accounts()).toEqual([]);
});
