import { expect, test } from "vitest";
import { labWorld } from "./helpers/lab-world.ts";

async function hostWith(...lines: string[]): Promise<(line: string) => Promise<string>> {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
  for (const line of lines) await ask(line);
  return ask;
}

/** Each line, and what redis-cli 7.0.15 printed for it after the lines before, from a server of the same version. */
const REDIS: readonly (readonly [string, string])[] = [
  ["redis-cli ping", "PONG\n"],
  ["redis-cli PING hello", "hello\n"],
  ["redis-cli -r 2 ping", "PONG\nPONG\n"],
  ["redis-cli set a b", "OK\n"],
  ["redis-cli get a", "b\n"],
  ["redis-cli get nope", "\n"],
  ["redis-cli incr n; redis-cli incr a", "1\nERR value is not an integer or out of range\n\n"],
  ["redis-cli foo bar", "ERR unknown command 'foo', with args beginning with: 'bar' \n\n"],
  ["redis-cli get a b c; echo $?", "ERR wrong number of arguments for 'get' command\n\n0\n"],
  ["redis-cli set a b c", "ERR syntax error\n\n"],
  [
    "redis-cli set big 9223372036854775807; redis-cli incr big",
    "OK\nERR increment or decrement would overflow\n\n",
  ],
  [
    `redis-cli --no-raw set a 'x y"\\z'; redis-cli --no-raw get a; redis-cli get a`,
    `OK\n"x y\\"\\\\z"\nx y"\\z\n`,
  ],
  ["redis-cli --no-raw get nope; redis-cli --no-raw incr n", "(nil)\n(integer) 2\n"],
  ["redis-cli --no-raw foo", "(error) ERR unknown command 'foo', with args beginning with: \n"],
  ["redis-cli del a a n", "2\n"],
  [
    `printf 'ping\\nset "a b" '"'"'c d'"'"'\\nget "a b"\\n\\nget\\nquit\\nping\\n' | redis-cli`,
    "PONG\nOK\nc d\nERR wrong number of arguments for 'get' command\n\n",
  ],
  [
    `printf 'ping "a\\n# x\\nEXIT\\nping\\n' | redis-cli`,
    "Invalid argument(s)\nERR unknown command '#', with args beginning with: 'x' \n\n",
  ],
  [
    "redis-cli -p 6380 ping; echo $?",
    "Could not connect to Redis at 127.0.0.1:6380: Connection refused\n1\n",
  ],
  ["redis-cli --nope; echo $?", "Unrecognized option or bad number of args for: '--nope'\n1\n"],
  ["redis-cli --version", "redis-cli 7.0.15\n"],
];

/** Bytes to the server's port, and the bytes with which it answers before it ends the connection, or nothing more comes. */
const BYTES: readonly (readonly [string, string])[] = [
  [
    "ping\\r\\necho\\r\\nquit\\r\\nping\\r\\n",
    "+PONG\r\n-ERR wrong number of arguments for 'echo' command\r\n+OK\r\n",
  ],
  ["*1\\r\\nPING\\r\\n", "-ERR Protocol error: expected '$', got 'P'\r\n"],
  ["*x\\r\\n", "-ERR Protocol error: invalid multibulk length\r\n"],
  ["*1\\r\\n$-5\\r\\n", "-ERR Protocol error: invalid bulk length\r\n"],
  ['"abc\\r\\n', "-ERR Protocol error: unbalanced quotes in request\r\n"],
  ["*0\\r\\n\\r\\nPING\\r\\n", "+PONG\r\n"],
  ["GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", ""],
];

test("A11 redis and redis-cli say what the real ones say", async () => {
  const ask = await hostWith(
    "docker run -d --name kv redis; docker run -d --name other --network container:kv redis sleep 1000",
  );
  for (const [line, said] of REDIS) {
    await ask(`cat > /tmp/line <<'END'\n${line}\nEND`);
    await ask("docker cp /tmp/line kv:/line");
    expect([line, await ask("docker exec kv sh /line 2>&1")]).toEqual([line, said]);
  }
  for (const [bytes, said] of BYTES) {
    const line = `printf '${bytes}' | nc -q 1 $(docker inspect -f '{{.NetworkSettings.IPAddress}}' kv) 6379`;
    expect([bytes, await ask(line)]).toEqual([bytes, said]);
  }
  expect(await ask("docker logs kv | grep -c 'SECURITY ATTACK'")).toBe("1\n");
});

test("redis-cli says of a server of something else what its library says, and ends", async () => {
  const ask = await hostWith("docker run -d --name kv redis");
  const answers = [
    ["hello\\n", 'Protocol error, got "h" as reply type byte'],
    ["$x\\r\\n", "Bad bulk string length"],
    ["*x\\r\\n", "Bad multi-bulk length"],
    [":x\\r\\n", "Bad integer value"],
    ["*1\\r\\n?\\r\\n", 'Protocol error, got "?" as reply type byte'],
  ] as const;
  for (const [answer, words] of answers) {
    await ask(`printf '${answer}' | nc -q 1 -l -p 99 >/dev/null &`);
    expect([answer, await ask("docker exec kv redis-cli -h 172.17.0.1 -p 99 ping 2>&1; echo $?")]).toEqual([
      answer,
      `Error: ${words}\n1\n`,
    ]);
    await ask("wait");
  }
  await ask("printf '*-1\\r\\n' | nc -q 1 -l -p 99 >/dev/null &");
  expect(await ask("docker exec kv redis-cli --no-raw -h 172.17.0.1 -p 99 ping")).toBe("(nil)\n");
});

test("A11 postgres ends a connection that does not speak its protocol, and says so", async () => {
  const ask = await hostWith("docker run -d --name db -p 5432:5432 postgres");
  expect(await ask("curl -sS 127.0.0.1:5432; docker logs db 2>&1 | tail -1")).toBe(
    "curl: (52) Empty reply from server\nLOG:  invalid length of startup packet\n",
  );
});
