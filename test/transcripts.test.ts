import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { freshContext, knowsVlans, readTranscript, say } from "./transcripts.ts";

const folder = new URL("./transcripts/", import.meta.url).pathname;

for (const file of readdirSync(folder).sort()) {
  test(`${file}: each command says what the real one said`, () => {
    const context = freshContext(knowsVlans(folder + file));
    for (const { line, command, said } of readTranscript(folder + file))
      expect(say(command, context), `${file}:${line} $ ${command}`).toBe(said);
  });
}
