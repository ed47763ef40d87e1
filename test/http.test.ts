import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { labWorld } from "./helpers/lab-world.ts";

function twoHosts(): LabWorld {
  return labWorld({ hosts: { a: "10.1.0.2", b: "10.1.0.3" } });
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

const SEEN = "(tcpdump -n -t -l -i eth0 tcp > /tmp/seen 2>&1 &)";

test("one connection to python3's server carries several requests, and ends with the server", async () => {
  const world = twoHosts();
  await world.type("b", "echo one > /tmp/1; echo two > /tmp/2; ping -c 1 10.1.0.2 > /dev/null");
  await world.type("b", "python3 -m http.server -d /tmp -p HTTP/1.1 > /run/out 2> /run/log &");
  await world.type("a", SEEN);
  const count = async (flags: string): Promise<string> =>
    (await world.type("a", `grep -cF 'Flags [${flags}]' /tmp/seen`)).output;
  const pages = "http://10.1.0.3:8000/1 http://10.1.0.3:8000/2 http://10.1.0.3:8000/1";
  expect((await world.type("a", `curl -s ${pages}`)).output).toBe("one\ntwo\none\n");
  expect(await count("S")).toBe("1\n");
  // Two requests in one segment.
  const twoRequests = "printf 'GET /1 HTTP/1.1\\r\\n\\r\\nGET /2 HTTP/1.1\\r\\n\\r\\n'; sleep 0.3";
  const answers = await world.type(
    "a",
    `(${twoRequests}) | nc -N 10.1.0.3 8000 | grep -e HTTP/1 -e ^one -e ^two`,
  );
  expect(answers.output.replaceAll("\r", "")).toBe("HTTP/1.1 200 OK\none\nHTTP/1.1 200 OK\ntwo\n");
  expect(await count("S")).toBe("2\n");
  // A connection that waits for its next request goes with the process, which is one.
  await world.type("a", `(${twoRequests.replace("0.3", "30")}) | nc 10.1.0.3 8000 > /run/x &`);
  await world.type("a", "sleep 1");
  expect((await world.type("b", "ss -Htn | wc -l; pgrep -f 'python3 -m http.server' | wc -l")).output).toBe(
    "1\n1\n",
  );
  await world.type("b", "kill $(pgrep -f 'python3 -m http.server'); sleep 0.1");
  expect((await world.type("b", "ss -Htln; ss -Htn state established; cat /run/out")).output).toBe("");
});

test("without --protocol each request to python3's server has a connection of its own", async () => {
  const world = twoHosts();
  await world.type("b", "echo one > /tmp/1; ping -c 1 10.1.0.2 > /dev/null");
  await world.type("b", "python3 -u -m http.server -d /tmp 8000 > /dev/null 2>&1 &");
  await world.type("a", SEEN);
  await world.type("a", "curl -s http://10.1.0.3:8000/1 http://10.1.0.3:8000/1");
  expect((await world.type("a", "grep -cF 'Flags [S]' /tmp/seen")).output).toBe("2\n");
});

test.each(["", "script.py", "-c 'print(1)'", "-m venv x", "-m"])(
  "python3 %s is not simulated",
  async (args) => {
    expect(await twoHosts().type("a", `python3 ${args}`)).toMatchObject({
      output: "python3: only `python3 [-u] -m http.server` is simulated, no other Python\n",
      status: 1,
    });
  },
);
