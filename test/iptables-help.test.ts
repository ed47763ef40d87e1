import { expect, test } from "vitest";
import { freshContext, readTranscript, say } from "./transcripts.ts";

const record = new URL("./iptables-help.md", import.meta.url).pathname;

test("iptables -h tells of matches and targets what the real one tells", () => {
  const context = freshContext();
  const head = say("iptables -h", context);
  for (const { line, command, said } of readTranscript(record))
    expect(say(command, context), `iptables-help.md:${line} $ ${command}`).toBe(head + said);
});
