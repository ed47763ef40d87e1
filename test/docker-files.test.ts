import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { labWorld } from "./helpers/lab-world.ts";

/** Types lines on a host with an engine; what each prints. */
async function typed(...lines: readonly string[]): Promise<readonly string[]> {
  const world: LabWorld = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  const outputs: string[] = [];
  for (const line of lines) outputs.push((await world.type("host", line)).output);
  return outputs;
}

const WEB = "docker run -d --name web alpine sleep 1000 >/dev/null; echo x > f";

test("A10 docker cp lays nothing where something else is, and says so", async () => {
  const [, inner, outer, way, link] = await typed(
    WEB,
    "mkdir -p h/hosts; docker cp h/hosts web:/etc",
    "docker exec web mkdir -p /tmp/x/y; mkdir x; cp f x/y; docker cp x web:/tmp",
    "docker cp web:/etc/hosts /etc/hosts/x",
    "docker cp -L web:/nope .",
  );
  const refused = "Error response from daemon: Error processing tar file(exit status 1): cannot overwrite";
  expect(inner).toBe(`${refused} non-directory "/etc/hosts" with directory "/etc"\n`);
  expect(outer).toBe(`${refused} directory "/tmp/x/y" with non-directory "/tmp"\n`);
  expect(way).toBe("open /etc/hosts/x: not a directory\n");
  expect(link).toBe("Error: No such container:path: web:/nope\n");
});

test("A10 what is mounted where it cannot be is refused in words", async () => {
  const [source, inside, readOnly, kernel] = await typed(
    "docker run --rm -v /etc/hosts/x:/y alpine true",
    "docker run --rm -v vol:/proc/sys alpine true",
    "docker run --rm -v one:/x:ro -v two:/x/y alpine true",
    "rm -rf /var/lib/docker/volumes; touch /var/lib/docker/volumes; docker volume create vv; docker volume ls -q",
  );
  expect(source).toContain(
    "error while creating mount source path '/etc/hosts/x': mkdir /etc/hosts: not a directory.\n",
  );
  expect(inside).toContain('/merged/proc/sys" cannot be mounted because it is inside /proc: unknown.\n');
  expect(readOnly).toContain("/merged/x/y: read-only file system: unknown.\n");
  expect(kernel).toBe(
    "Error response from daemon: create vv: error while creating volume path '/var/lib/docker/volumes/vv/_data': mkdir /var/lib/docker/volumes: not a directory\none\ntwo\nvol\n",
  );
});

test("A10 docker load reads what somebody made up, and refuses it", async () => {
  const load = (manifest: string): string =>
    `mkdir -p m; echo '${manifest}' > m/manifest.json; tar cf m.tar -C m manifest.json; docker load -i m.tar`;
  const lead = "Error response from daemon: ";
  expect(
    await typed(
      load("nonsense"),
      load("{}"),
      load('[{"Config":7}]'),
      load('[{"Config":"x","RepoTags":["BAD"]}]'),
      load('[{"Config":"x","RepoTags":["good"]}]'),
    ),
  ).toEqual([
    `${lead}invalid character 'n' looking for beginning of value\n`,
    `${lead}json: cannot unmarshal object into Go value of type []tarexport.manifestItem\n`,
    `${lead}json: cannot unmarshal number into Go struct field manifestItem.Config of type string\n`,
    `${lead}invalid reference format: repository name must be lowercase\n`,
    `${lead}invalid tag "good"\n`,
  ]);
});

test("A10 docker save keeps names of any kind, and all tags of a name", async () => {
  const saved = "docker save -o s.tar";
  const [, born, digits, all] = await typed(
    "docker tag alpine constructor; docker tag alpine abc; docker tag alpine abc:2",
    `${saved} constructor; docker rmi constructor; docker load -i s.tar`,
    `${saved} abc:2; docker rmi abc:2; docker load -i s.tar`,
    `${saved} abc; docker rmi abc abc:2; docker load -i s.tar`,
  );
  expect(born).toContain("Loaded image: constructor:latest\n");
  expect(digits).toContain("Loaded image: abc:2\n");
  expect(all).toContain("Loaded image: abc:2\nLoaded image: abc:latest\n");
});

test("A10 a name that every object has by birth is none of a template's, a label's or a filter's", async () => {
  const [, field, label, filter, pattern] = await typed(
    WEB,
    "docker ps --format '{{.constructor}}'",
    "docker ps --format '{{.Label \"constructor\"}}'",
    "docker ps -f constructor=1",
    "docker images '['",
  );
  expect(field).toContain("can't evaluate field constructor in type *formatter.ContainerContext\n");
  expect(label).toBe("\n");
  expect(filter).toBe("Error response from daemon: Invalid filter 'constructor'\n");
  expect(pattern).toBe("Error response from daemon: syntax error in pattern\n");
});

test("A file is moved and copied over another one, and not over what is mounted", async () => {
  const [moved, same, loop, inside] = await typed(
    "echo 1 > a; echo 2 > b; mv a b; cat b; echo 3 > c; cp c b; cat b; ls",
    "cp c c; ln -s c l; cp c l",
    "ln -s o o; ls o; cat o; stat -L o",
    "docker run --rm alpine sh -c 'echo x > /a; mv /a /etc/hosts; echo 1 > /etc/motd; mv /a /etc/motd; cat /etc/motd'",
  );
  expect(moved).toBe("1\n3\nb\nc\n");
  expect(same).toContain("'c' and '/root/c' are the same file\n");
  expect(same).toContain("'c' and '/root/l' are the same file\n");
  expect(loop).toContain("cat: o: Too many levels of symbolic links\n");
  expect(inside).toBe("mv: can't rename '/a': Device or resource busy\nx\n");
});

test("A file that is gone while it is written to is seen by nobody, and a link makes nothing where its maker may not", async () => {
  const [gone, replaced, linked, sticky] = await typed(
    "mkdir d; { rm -r d; echo b; } > d/x; ls; echo $?",
    "exec 3> f; rm f; mkdir f; echo x >&3; echo $?; exec 3>&-",
    "docker run --rm -u nobody alpine sh -c 'ln -s /etc/newfile /tmp/a; echo x > /tmp/a; ls /etc/newfile; ln -s /tmp/b /tmp/c; umask 777; echo y > /tmp/c; ls -l /tmp/b'",
    "docker run -d --name web alpine sleep 9 >/dev/null; docker exec web sh -c 'chmod 1777 /tmp; echo 1 > /tmp/root'; docker exec -u nobody web sh -c 'echo 2 > /tmp/own; mv /tmp/own /tmp/root; cat /tmp/root'",
  );
  expect(gone).toBe("0\n");
  expect(replaced).toBe("0\n");
  expect(linked).toBe(
    "sh: can't create /tmp/a: Permission denied\nls: /etc/newfile: No such file or directory\n----------    1 nobody   nobody           2 Jan  1 00:00 /tmp/b\n",
  );
  expect(sticky).toBe("mv: can't rename '/tmp/own': Operation not permitted\n1\n");
});

test("A changed file that another one was moved over is told as changed", async () => {
  const [, changes] = await typed(
    WEB,
    "docker exec web sh -c 'echo x > /n; mv /n /etc/passwd'; docker diff web",
  );
  expect(changes).toBe("C /etc\nC /etc/passwd\n");
});

test("A10 what somebody wrote into /etc/hosts and /etc/resolv.conf stays until the container starts again", async () => {
  const hosts = "docker exec web cat /etc/hosts | grep -v '::' | sed 's/[0-9a-f]\\{12\\}$/ID/'";
  const [, , joined, left, , again] = await typed(
    WEB,
    "docker exec web sh -c 'echo 1.1.1.1 mine >> /etc/hosts; echo \"# mine\" >> /etc/resolv.conf'; docker network create --subnet 10.8.0.0/24 n",
    `docker network connect n web; ${hosts}; docker exec web cat /etc/resolv.conf | tail -n 1`,
    `docker network disconnect n web; ${hosts}`,
    "docker restart -t 0 web",
    `${hosts}; docker exec web grep -c mine /etc/resolv.conf`,
  );
  const loopback = "127.0.0.1\tlocalhost\n";
  expect(joined).toBe(`${loopback}172.17.0.2\tID\n1.1.1.1 mine\n10.8.0.2\tID\n# mine\n`);
  // Leaving takes away every line with the container's name, whatever its address.
  expect(left).toBe(`${loopback}1.1.1.1 mine\n`);
  expect(again).toBe(`${loopback}172.17.0.2\tID\n0\n`);
});

test("A10 a volume is filled with what the image has there, unless it is told not to", async () => {
  const [filled, empty, again] = await typed(
    "docker run --rm -v one:/usr/share/nginx/html nginx ls /usr/share/nginx/html | head -n 1",
    "docker run --rm -v two:/usr/share/nginx/html:nocopy nginx ls /usr/share/nginx/html",
    "docker run --rm -v two:/usr/share/nginx/html nginx ls /usr/share/nginx/html | head -n 1",
  );
  expect(filled).not.toBe("");
  expect(empty).toBe("");
  // It is empty still, so that the next one fills it.
  expect(again).toBe(filled);
});

test("a device below a file has no room in a container", async () => {
  const [said, status, where] = await typed(
    "docker run --name none --device /dev/null:/etc/passwd/x/y alpine true 2>&1 | sed 's#/overlay2/[0-9a-f]*#/overlay2/ID#'",
    "docker inspect -f '{{.State.ExitCode}}' none",
    "docker run --rm --device /dev/null:/dev/deep/er alpine ls /dev/deep",
  );
  expect(said).toMatch(
    /: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error creating device nodes: mkdir \/var\/lib\/docker\/overlay2\/ID\/merged\/etc\/passwd: not a directory: unknown/,
  );
  expect([status, where]).toEqual(["128\n", "er\n"]);
});
