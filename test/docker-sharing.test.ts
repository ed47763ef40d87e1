import fc from "fast-check";
import { expect, test } from "vitest";
import { labWorld } from "./helpers/lab-world.ts";

const own = fc.constantFrom("bridge", "na", "closed");
const any = fc.constantFrom("bridge", "na", "closed", "container:c0", "host");
const places = fc.tuple(own, any, any, any);

/** The network stack that a container has: its own, the host's or another's. */
function stackOf(place: string, i: number): string {
  return place === "container:c0" ? "c0" : place === "host" ? "host" : `c${i}`;
}

test("A6 a container that uses another's network, or the host's, reaches what that one reaches, and is reached where it is", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(places, async (where) => {
      const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
      const ask = async (line: string): Promise<string> => (await world.type("host", line)).output.trim();
      await ask("docker network create na; docker network create --internal closed");
      for (const [i, place] of where.entries())
        await ask(`docker run -d --name c${i} --network ${place} alpine httpd -f -p 800${i} -h /etc`);
      const networkOf = (i: number): string => (where[i] === "container:c0" ? where[0] : where[i]!);
      for (const [a, from] of where.entries())
        for (const [b, to] of where.entries()) {
          const stack = stackOf(to, b);
          const address =
            stack === "host"
              ? "172.10.0.15"
              : await ask(
                  `docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' ${stack}`,
                );
          const reached =
            (await ask(`docker exec c${a} wget -qO- -T 1 http://${address}:800${b}/hostname`)) ===
            (await ask(`docker exec c${b} hostname`));
          const should =
            stackOf(from, a) === stack ||
            stackOf(from, a) === "host" ||
            networkOf(a) === networkOf(b) ||
            // Internal networks have a way to the host itself, as a real engine 20.10.24 showed.
            stack === "host";
          seen.add(`${from} ${to} ${should}`);
          expect([`${from} to ${to} of ${where}`, reached]).toEqual([`${from} to ${to} of ${where}`, should]);
        }
      await ask("docker rm -f c0 c1 c2 c3; docker network prune -f");
      // Files of sandboxes go with the engine's next round; that of the host's own stays.
      await ask("sleep 60");
      expect(
        await ask("docker network ls -q | wc -l; ls /run/docker/netns | grep -v default; ss -tlnH"),
      ).toBe("3");
      expect(world.accounts()).toEqual([]);
    }),
    {
      numRuns: 6,
      examples: [
        [["na", "container:c0", "na", "host"]],
        [["closed", "container:c0", "closed", "bridge"]],
        [["bridge", "container:c0", "host", "closed"]],
      ],
    },
  );
  for (const kind of ["container:c0 na true", "container:c0 host true", "container:c0 bridge false"])
    expect([...seen]).toContain(kind);
});

test("A6 a container that uses another's network has its host name; one that shares the host's says that one's", async () => {
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const ask = async (line: string): Promise<string[]> =>
    (await world.type("host", line)).output.trim().split("\n");
  const names = "sh -c 'hostname; echo $HOSTNAME; cat /etc/hostname'";
  await ask("docker run -d --name web --hostname shop nginx");
  expect(await ask(`docker run --network container:web alpine ${names}`)).toEqual(["shop", "shop", "shop"]);
  const [said, variable, file] = await ask(`docker run --uts host alpine ${names}`);
  expect(said).toBe("host");
  expect(variable).toMatch(/^[0-9a-f]{12}$/);
  expect(file).toBe(variable);
});
