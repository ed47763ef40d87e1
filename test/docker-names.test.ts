import { expect, test } from "vitest";
import { labWorld } from "./helpers/lab-world.ts";

// Asked of a real engine 20.10.24: a name that nobody chose is not one for the neighbours.
test("A7 a container without a name is found by its short id until somebody names it", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const type = async (line: string): Promise<string> => (await world.type("host", line)).output;
  await type(
    "docker network create net > /dev/null; docker run -d --name asker --network net alpine sleep 1000",
  );
  await type(
    "id=$(docker run -d --network net alpine sleep 1000); short=$(echo $id | cut -c1-12); name=$(docker inspect -f '{{slice .Name 1}}' $id)",
  );
  expect(await type("docker exec asker ping -c 1 $name")).toMatch(/^ping: bad address '\w+'\n$/);
  expect(await type("docker exec asker ping -c 1 $short")).toContain("1 packets received");
  expect(await type('docker exec asker nslookup 172.18.0.3 | grep -c "name = $short.net"')).toBe("1\n");
  expect(await type("docker rename $name known; docker exec asker ping -c 1 known")).toContain(
    "1 packets received",
  );
});
