import { expect, test } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseFile } from "../src/scenario/parse-file.ts";

const HOSTS = `---
title: Two hosts
hosts: { a: 10.1.0.2, b: 10.1.0.3 }
---
`;

function twoHosts(): LabWorld {
  const parsed = parseFile("http.md", HOSTS);
  if (!parsed.ok) throw parsed.errors[0];
  return new LabWorld(new Lab(parsed.value.topology, { seed: 1 }));
}

test("whoami answers curl octet for octet and segment for segment as recorded of training/whoami", async () => {
  const world = twoHosts();
  await world.type("b", "whoami --port 8080 > /tmp/said &");
  await world.type("a", "ping -c 1 10.1.0.3 > /dev/null; (tcpdump -n -t -l -i eth0 tcp > /tmp/seen 2>&1 &)");
  const answer = await world.type("a", "curl -si http://10.1.0.3:8080/");
  expect(answer.output).toMatch(
    new RegExp(
      `${[
        "^HTTP/1.1 200 OK",
        "Date: Thu, 01 Jan 2026 00:00:00 GMT",
        "Connection: close",
        "Content-type: text/html",
        "Accept-Ranges: bytes",
        "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT",
        'ETag: "[0-9a-f]{8}-6"',
        "Content-Length: 6",
        "",
        "I'm b",
      ].join("\r?\n")}\n$`,
    ),
  );
  await world.type("a", "sleep 1");
  // The flags and lengths of ground-truth/docker/pcaps/s02-published, whose host name is six letters longer.
  const seen = await world.type(
    "a",
    "grep -o 'Flags.*' /tmp/seen | sed 's/, seq.*length/ length/; s/, ack.*length/ length/'",
  );
  expect(
    seen.output
      .trim()
      .split("\n")
      .map((line) => line.replace(/: HTTP.*/, "")),
  ).toEqual([
    "Flags [S] length 0",
    "Flags [S.] length 0",
    "Flags [.] length 0",
    "Flags [P.] length 77",
    "Flags [.] length 0",
    "Flags [P.] length 207",
    "Flags [.] length 0",
    "Flags [P.] length 6",
    "Flags [.] length 0",
    "Flags [F.] length 0",
    "Flags [F.] length 0",
    "Flags [.] length 0",
  ]);
  expect((await world.type("b", "cat /tmp/said")).output).toBe("Listening on :8080\n");
});
