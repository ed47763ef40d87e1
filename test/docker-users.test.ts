import { expect, test } from "vitest";
import type { LabWorld } from "../src/scenario/lab-world.ts";
import { labWorld } from "./helpers/lab-world.ts";

/** Types lines on a host with an engine; what the last one prints. */
async function typed(...lines: readonly string[]): Promise<string> {
  const world: LabWorld = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  let output = "";
  for (const line of lines) output = (await world.type("host", line)).output;
  return output;
}

test("A10 an image's own accounts are those that -u names", async () => {
  expect(
    await typed(
      "docker run --rm -u nobody alpine id; docker run --rm alpine id; docker run --rm -u guest:www-data alpine id; docker run --rm -u root:www-data alpine id; docker run --rm nginx id nginx; docker run --rm -u node fundamentalsofdocker/ch11-web:2.0 sh -c 'whoami; echo $HOME'",
    ),
  ).toBe(
    `uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)
uid=0(root) gid=0(root) groups=0(root),1(bin),2(daemon),3(sys),4(adm),6(disk),10(wheel),11(floppy),20(dialout),26(tape),27(video)
uid=405(guest) gid=82(www-data) groups=82(www-data)
uid=0(root) gid=82(www-data) groups=82(www-data)
uid=101(nginx) gid=101(nginx) groups=101(nginx)
node
/home/node
`,
  );
});

test("A10 an Alpine image says which it is, the one whose busybox it has", async () => {
  expect(
    await typed(
      "docker run --rm nginx sh -c '. /etc/os-release; echo $ID $VERSION_ID; cat /etc/alpine-release'",
    ),
  ).toBe("alpine 3.17.3\n3.17.3\n");
  expect(await typed("docker run --rm busybox cat /etc/os-release")).toContain("No such file");
});

test("A10 ps and docker top show who runs what", async () => {
  const run =
    "docker run -d --name c1 -u 1000 alpine sleep 1000 > /dev/null; docker exec -d -u nobody c1 sleep 500";
  expect(await typed(run, "docker exec -u root c1 ps -o user,args")).toBe(
    "USER     COMMAND\n1000     sleep 1000\nnobody   sleep 500\nroot     ps -o user,args\n",
  );
  expect(await typed(run, "docker exec c1 ps | sed 's/^ *[0-9]* //'")).toBe(
    "PID   USER     COMMAND\n1000     sleep 1000\nnobody   sleep 500\n1000     ps\n",
  );
  expect(
    await typed(
      run,
      "docker top c1 -o user,pid,args | sed 's/ [0-9][0-9]* */ /'; ps -C sleep -o user,args; docker top c1 | awk '{print $1}'",
    ),
  ).toBe(
    "USER                PID                 COMMAND\n1000                sleep 1000\n65534               sleep 500\nUSER     COMMAND\n1000     sleep 1000\n65534    sleep 500\nUID\n1000\n65534\n",
  );
  // A real engine looks for the PIDs in what ps prints, and passes on what ps says.
  expect(await typed(run, "docker top c1 -o user,args; docker top c1 -o pid,nosuch")).toBe(
    `Error response from daemon: Couldn't find PID field in ps output
Error response from daemon: ps: error: unknown user-defined format specifier "nosuch"
`,
  );
  expect(await typed("docker run --rm alpine ps -o nosuch")).toMatch(
    /^ps: bad -o argument 'nosuch', supported/,
  );
});

test("A10 who is not root changes his own files only, and his shell says so", async () => {
  expect(
    await typed(
      "docker run --rm -u 1000 alpine sh -c 'touch /x; mkdir /tmp/d && echo hi > /tmp/d/f && cat /tmp/d/f && rm -r /tmp/d && ls /tmp; rm /etc/passwd; cd /; echo a > b'",
    ),
  ).toBe(
    "touch: /x: Permission denied\nhi\nrm: can't remove '/etc/passwd': Permission denied\nsh: can't create b: Permission denied\n",
  );
  const world = labWorld({ hosts: { host: { address: "172.10.0.15", docker: true } } });
  await world.type("host", "docker run -it -u nobody --name c1 alpine");
  expect(world.innerPrompt("host")).toBe("~ $ ");
  await world.type("host", "cd /tmp");
  expect(world.innerPrompt("host")).toBe("/tmp $ ");
});

test("A10 tools of a whole system without CAP_NET_ADMIN are refused in their own words", async () => {
  expect(
    await typed(
      "docker run -d --name c1 nicolaka/netshoot sleep 1000 > /dev/null",
      "for words in 'ip link set eth0 down' 'iptables -t nat -L' 'ipvsadm -L' 'conntrack -L' 'bridge fdb add 02:00:00:00:00:01 dev eth0' 'sysctl -w net.ipv4.ip_forward=0'; do docker exec c1 $words; echo $?; done",
    ),
  ).toBe(
    `RTNETLINK answers: Operation not permitted
2
iptables v1.8.9 (legacy): can't initialize iptables table \`nat': Permission denied (you must be root)
Perhaps iptables or your kernel needs to be upgraded.
3
Can't initialize ipvs: Permission denied (you must be root)
Are you sure that IP Virtual Server is built in the kernel or as module?
2
conntrack v1.4.7 (conntrack-tools): Operation failed: sorry, you must be root or get CAP_NET_ADMIN capability to do this
1
RTNETLINK answers: Operation not permitted
255
sysctl: setting key "net.ipv4.ip_forward": Read-only file system
1
`,
  );
  expect(
    await typed(
      "docker run --rm --cap-add NET_ADMIN nicolaka/netshoot sh -c 'iptables -P INPUT DROP; iptables -S'",
    ),
  ).toBe("-P INPUT DROP\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n");
});
