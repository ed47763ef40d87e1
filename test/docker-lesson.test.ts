import { describe, expect, it } from "vitest";
import { Lab } from "../src/lab/lab.ts";
import { LabWorld } from "../src/scenario/lab-world.ts";
import { parseLesson } from "../src/scenario/parse-lesson.ts";
import { runLesson } from "../src/scenario/run-lesson.ts";

const FRONT = `---
title: Containers
hosts: { host: { address: 172.10.0.15, docker: true } }
images:
  web:1: { exposed: [8080], answer: "hello from {hostname}" }
  script: { command: /start.sh, exposed: [80], env: { PORT: 80 }, files: { /start.sh: "echo started; sleep $N" } }
---
`;

/** What does not hold in a lesson with a host that has an engine. */
async function problemsOf(body: string): Promise<string[]> {
  const lesson = parseLesson("x.md", FRONT + body);
  if (!lesson.ok) return lesson.errors.map((error) => error.line());
  const world = new LabWorld(new Lab(lesson.value.topology));
  const result = await runLesson(lesson.value, world, 1);
  return [...result.steps.flatMap((step) => step.problems), ...result.accounts];
}

describe("a lesson with containers", () => {
  it("goes on in a shell inside a container until it ends", async () => {
    expect(
      await problemsOf(`\`\`\`console host
$ docker run -it --name c1 --rm alpine
/ # hostname | wc -c
13
/ # cd /tmp; x=5
/tmp # echo $x > file; cat file; nosuch
5
/bin/sh: nosuch: not found
[exit 127]
/tmp # for i in 1 2; do
/tmp # echo $i; done
1
2
/tmp # exit 3
[exit 3]
$ docker ps -aq
$ hostname
host
\`\`\`
`),
    ).toEqual([]);
  });

  it("opens a further shell in a running container, and shells in shells", async () => {
    expect(
      await problemsOf(`\`\`\`console host
$ docker run -d --name c1 -h box alpine sleep 1000 | wc -c
65
$ docker exec -it c1 sh
/ # hostname
box
/ # sh
/ # exit 4
[exit 4]
/ # cat /etc/hostname
box
$ exit
$ docker exec c1 curl x
OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH: unknown
[exit 126]
$ docker exec c1 sh -c 'kill -9 1; exit 7'
[exit 7]
$ ps ax | grep -c '[s]leep 1000'
1
$ kill -9 $(docker inspect -f '{{.State.Pid}}' c1); docker wait c1
137
\`\`\`
`),
    ).toEqual([]);
  });

  it("gives a program in a container what is typed, and what comes through a pipe", async () => {
    expect(
      await problemsOf(`\`\`\`console host
$ docker run -i --rm alpine cat
$ hello
hello
\`\`\`
`),
    ).toEqual([]);
    expect(
      await problemsOf(`\`\`\`console host
$ printf 'one\\ntwo\\n' | docker run -i --rm alpine sh -c 'while read x; do echo "<$x>"; done'
<one>
<two>
$ echo 'hostname; exit 5' | docker run -i --rm -h box alpine sh
box
[exit 5]
\`\`\`
`),
    ).toEqual([]);
  });

  it("maps images to programs in front matter", async () => {
    expect(
      await problemsOf(`\`\`\`console host
$ docker run -d --name web -h web web:1 > /dev/null; docker exec web wget -qO- localhost:8080
hello from web
$ docker run --rm web:1 cat /etc/passwd
root:x:0:0:root:/root:/bin/sh
$ docker run -e N=2 script
started
$ docker run unheard.of/thing:3 true 2> /dev/null; docker image ls -q unheard.of/thing | wc -l
1
\`\`\`
`),
    ).toEqual([]);
  });
});
