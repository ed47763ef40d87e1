import { expect, test } from "vitest";
import { labWorld } from "./helpers/lab-world.ts";

/** A host with an engine and a container, `web`; what a line prints there. */
async function hostWithWeb(): Promise<(line: string) => Promise<string>> {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const type = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await type("docker run -d --name web alpine sleep 1000");
  return type;
}

test("A10 docker commit pauses a container that runs, unless it is told not to or the container is paused", async () => {
  const type = await hostWithWeb();
  const pauses = async (): Promise<string[]> => {
    const told = await type("docker events --since 0 --until $(date +%s) --format '{{.Action}}'");
    return told.split("\n").filter((action) => action.endsWith("pause"));
  };
  await type("docker commit web one; sleep 1");
  expect(await pauses()).toEqual(["pause", "unpause"]);
  await type("docker commit --pause=false web two; sleep 1");
  expect(await pauses()).toHaveLength(2);
  await type("docker pause web; docker commit web three; sleep 1");
  expect(await pauses()).toHaveLength(3);
  expect(await type("docker ps --format '{{.Status}}'")).toContain("(Paused)");
});

test("A10 an image that was committed is larger by its layer, which its history tells", async () => {
  const type = await hostWithWeb();
  await type("docker exec web sh -c 'echo -n 12345 > /five'; docker commit -m why web one");
  await type("docker run -d --name more one sleep 1000; docker exec more sh -c 'echo -n 1234567 > /seven'");
  await type("docker commit more two");
  const sizes = (await type("docker inspect -f '{{.Size}}' alpine one two")).trim().split("\n").map(Number);
  expect(sizes.map((size) => size - sizes[0]!)).toEqual([0, 5, 12]);
  const [two, one, alpine] = (
    await type("docker history --no-trunc --format '{{.ID}} {{.Size}} {{.Comment}}' two")
  )
    .split("\n")
    .map((line) => line.split(" "));
  const ids = (await type("docker inspect -f '{{.Id}}' two one alpine")).split("\n");
  expect([two, one]).toEqual([
    [ids[0], "7B", ""],
    [ids[1], "5B", "why"],
  ]);
  expect(alpine![0]).toBe(ids[2]);
});

test("A10 layers are the same when their files are, with the second in which each was changed", async () => {
  const type = await hostWithWeb();
  const layer = "docker inspect -f '{{index .RootFS.Layers 1}}'";
  await type("docker exec web sh -c 'echo x > /f'; docker commit web one; sleep 2; docker commit web again");
  await type(
    "docker run -d --name late alpine sleep 1000; docker exec late sh -c 'echo x > /f'; docker commit late late",
  );
  const [one, again, late] = (await type(`${layer} one again late`)).trim().split("\n");
  expect([again === one, late === one]).toEqual([true, false]);
});

test("A10 docker cp writes beside a volume that is read-only, and not into it", async () => {
  const type = await hostWithWeb();
  await type("echo x > f; docker run -d --name ro -v vol:/data:ro alpine sleep 1000");
  await type("docker exec ro mkdir /database");
  expect(await type("docker cp f ro:/database/; docker exec ro cat /database/f")).toBe("x\n");
  const refused = "Error response from daemon: mounted volume is marked read-only\n";
  expect(await type("docker cp f ro:/data/")).toBe(refused);
  expect(
    await type("docker exec web mkdir -p /data; docker cp f web:/data/; docker exec web cat /data/f"),
  ).toBe("x\n");
});

test("A10 a container that takes over a volume of which only reading is allowed may only read it as well", async () => {
  const type = await hostWithWeb();
  await type("docker run -d --name ro -v vol:/data:ro alpine sleep 1000");
  await type("docker run -d --name heir --volumes-from ro alpine sleep 1000");
  await type("docker run -d --name rw --volumes-from ro:rw alpine sleep 1000");
  for (const name of ["heir", "rw"])
    expect(await type(`docker exec ${name} touch /data/x`)).toContain("Read-only file system");
});

test("A10 docker cp of DIRECTORY/. takes what is in it, not the directory", async () => {
  const type = await hostWithWeb();
  await type("docker exec web sh -c 'mkdir /d; echo x > /d/f'");
  expect(await type("docker cp web:/d/. inside; docker cp web:/d whole; ls inside")).toBe("f\n");
  expect(await type("mkdir there; docker cp web:/d/. there; docker cp web:/d there; ls there")).toBe(
    "d\nf\n",
  );
});

test("A10 names that a header of tar has no room for come through whole", async () => {
  const type = await hostWithWeb();
  const name = "n".repeat(130);
  expect(
    await type(`mkdir d; echo x > d/${name}; tar cf - d | docker cp - web:/tmp; docker exec web ls /tmp/d`),
  ).toBe(`${name}\n`);
  expect(await type("docker cp web:/tmp/d e; ls e")).toBe(`${name}\n`);
  expect(await type("docker export web | tar t | grep nnn")).toBe(`tmp/d/${name}\n`);
});
