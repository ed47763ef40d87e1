import { expect, test } from "vitest";
import { labWorld } from "./helpers/lab-world.ts";

const LISTENERS = "netstat -tln | tail -n +3 | awk '{ print $4 }' | tr '\\n' ' '";

// nginx.conf of the image listens on 80 and [::]:80, redis on `* -::*`, postgres on `*`; Apache and Go programs on one of both.
test.each([
  ["nginx", "0.0.0.0:80 :::80 "],
  ["redis", "0.0.0.0:6379 :::6379 "],
  ["postgres", "0.0.0.0:5432 :::5432 "],
  ["httpd", ":::80 "],
])(
  "A11 %s listens on the sockets of the real server, and lets them go when it ends",
  async (image, sockets) => {
    const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
    const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
    await ask(`docker run -d --name c1 --network host ${image}; docker run -d --name c2 alpine sleep 1000`);
    const inside = await ask(`docker run -d --name c3 ${image} > /dev/null; docker exec c3 ${LISTENERS}`);
    expect(inside).toBe(sockets);
    expect(await ask("docker exec c1 netstat -tln | tail -n +3 | wc -l")).toBe(
      `${sockets.trim().split(" ").length}\n`,
    );
    await ask("docker stop c1");
    expect(await ask("ss -tlnH")).toBe("");
    await ask("docker start c1; docker rm -f c1");
    expect(await ask("ss -tlnH")).toBe("");
    expect(world.accounts()).toEqual([]);
  },
);

test.each([
  ["nginx", "bind() to 0.0.0.0:80 failed: Address already in use"],
  ["redis", "Could not create server TCP listening socket *:6379: bind: Address already in use"],
  ["postgres", "FATAL:  could not create any TCP/IP sockets"],
])("A11 a second %s on the host's own network finds its port taken, and ends", async (image, said) => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
  for (const name of ["c1", "c2"]) await ask(`docker run -d --name ${name} --network host ${image}; sleep 1`);
  const states = "docker ps -a --format '{{.Names}} {{.State}}'";
  expect(await ask(`${states}; docker logs c2 2>&1 | grep -cF '${said}'`)).toBe("c2 exited\nc1 running\n1\n");
});

test("A10 attaching is told as an event: by run before the start, by attach later", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await ask(
    "docker run --name c1 alpine true; docker run -d --name c2 alpine sleep 5; docker attach c2; docker attach c1",
  );
  const actions =
    "docker events --since 1h --until 0s --filter type=container --format '{{.Actor.Attributes.name}} {{.Action}}'";
  expect(await ask(actions)).toBe(
    "c1 create\nc1 attach\nc1 start\nc1 die\nc2 create\nc2 start\nc2 attach\nc2 die\n",
  );
});

test("A11 nginx serves the files that somebody puts below its folder, and nothing above it", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const ask = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await ask("docker run -d --name c1 -p 80:80 nginx");
  await ask(
    "docker exec c1 sh -c 'cd /usr/share/nginx/html; mkdir a; echo good day >a/b.txt; rm index.html'",
  );
  const tell = "curl -s -w '%{http_code} %{content_type}\\n'";
  expect(await ask(`${tell} localhost/a/b.txt?x`)).toBe("good day\n200 text/plain\n");
  for (const path of ["", "a/", "a"])
    expect(await ask(`${tell} -o /dev/null localhost/${path}`)).toBe("404 text/html\n");
  const raw = "printf 'GET /../../../../etc/passwd HTTP/1.0\\r\\n\\r\\n' | nc localhost 80 | head -1";
  expect(await ask(raw)).toBe("HTTP/1.1 404 Not Found\r\n");
});
