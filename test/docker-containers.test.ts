import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ContainerCreateRequest } from "../src/docker/api/container-types.ts";
import { DaemonError } from "../src/docker/api/daemon-error.ts";
import { StartFailure } from "../src/docker/container/container-runtime.ts";
import { SECOND } from "../src/sim/time.ts";
import { createRequest, EngineHost } from "./helpers/engine-host.ts";
import { networkRequest } from "./helpers/network-request.ts";

type Change = (request: ContainerCreateRequest) => void;

function create(
  host: EngineHost,
  name: string,
  command: readonly string[],
  change: Change = () => {},
): string {
  const request = createRequest("alpine", command);
  change(request);
  return host.engine.containerCreate(request, name).Id;
}

function run(host: EngineHost, name: string, command: readonly string[], change: Change = () => {}): string {
  const id = create(host, name, command, change);
  host.finish(host.engine.containerStart(id));
  return id;
}

function status(host: EngineHost, name: string): string {
  return (
    host.engine.containerList({ all: true }).find((one) => one.Names[0] === `/${name}`)?.Status ?? "gone"
  );
}

/** What the engine says, or `done`. */
function words(act: () => unknown): string {
  try {
    act();
    return "done";
  } catch (error) {
    if (error instanceof DaemonError) return `${error.status} ${error.message}`;
    throw error;
  }
}

const restarting =
  (Name: string, MaximumRetryCount = 0): Change =>
  ({ HostConfig }) => {
    HostConfig.RestartPolicy = { Name, MaximumRetryCount };
  };

describe("a container's life", () => {
  it("ends by SIGKILL ten seconds after a stop that its process does not hear, because it is pid 1", () => {
    const host = new EngineHost();
    run(host, "c1", ["sleep", "1000"]);
    expect(status(host, "c1")).toBe("Up Less than a second");
    host.world.advance(65 * SECOND);
    expect(status(host, "c1")).toBe("Up About a minute");
    const before = host.now;
    host.finish(host.engine.containerStop("c1", null));
    expect(host.now - before).toBe(10 * SECOND);
    const { State } = host.engine.containerInspect("c1");
    expect([State.Status, State.ExitCode, State.Pid]).toEqual(["exited", 137, 0]);
    host.world.advance(2 * SECOND);
    expect(status(host, "c1")).toBe("Exited (137) 2 seconds ago");
    expect(host.engine.events.list.slice(-6).map((event) => event.Action)).toEqual([
      "start",
      "kill",
      "kill",
      "die",
      "disconnect",
      "stop",
    ]);
  });

  it("ends at once with 0 where the program tidies up, and with its own status where it ends by itself", () => {
    const host = new EngineHost();
    const web = host.engine.containerCreate(createRequest("nginx"), "web").Id;
    host.finish(host.engine.containerStart(web));
    const before = host.now;
    host.finish(host.engine.containerStop("web", null));
    expect([host.now - before, host.engine.containerInspect("web").State.ExitCode]).toEqual([0, 0]);
    run(host, "ff", ["false"]);
    expect(host.finish(host.engine.containerWait("ff", "not-running"))).toBe(1);
    run(host, "kk", ["sleep", "9"]);
    host.engine.containerKill("kk", "KILL");
    expect(host.finish(host.engine.containerWait("kk", "not-running"))).toBe(137);
  });

  it("is refused in the engine's words", () => {
    const host = new EngineHost();
    const { engine } = host;
    const c1 = run(host, "c1", ["sleep", "1000"]);
    const c2 = create(host, "c2", ["nosuch"]);
    expect([
      words(() => create(host, "c1", ["true"])),
      words(() => create(host, "a b", ["true"])),
      words(() => host.finish(engine.containerStart("c2"))),
      words(() => host.finish(engine.containerRemove("c1", { force: false, volumes: false, link: false }))),
      words(() => engine.containerPause("c2")),
      words(() => engine.containerKill("c2", "")),
      words(() => engine.containerKill("c1", "FOO")),
      words(() => engine.containerRename("c1", "c2")),
      words(() => engine.containerRename("c1", "c1")),
      words(() => engine.containerInspect("nosuch")),
      words(() => engine.containerUnpause("c1")),
      words(() => host.finish(engine.containerStart("c1"))),
    ]).toEqual([
      `409 Conflict. The container name "/c1" is already in use by container "${c1}". You have to remove (or rename) that container to be able to reuse that name.`,
      "400 Invalid container name (a b), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
      '400 failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown',
      `409 You cannot remove a running container ${c1}. Stop the container before attempting removal or force remove`,
      `409 Container ${c2} is not running`,
      `409 Cannot kill container: c2: Container ${c2} is not running`,
      "400 Invalid signal: FOO",
      `409 Error when allocating new name: Conflict. The container name "/c2" is already in use by container "${c2}". You have to remove (or rename) that container to be able to reuse that name.`,
      "500 Renaming a container with the same name as its current name",
      "404 No such container: nosuch",
      `500 Container ${c1} is not paused`,
      "done",
    ]);
    const { State } = engine.containerInspect("c2");
    expect([State.Status, State.ExitCode, status(host, "c2")]).toEqual(["created", 127, "Created"]);
    engine.containerPause("c1");
    expect(status(host, "c1")).toMatch(/^Up .*\(Paused\)$/);
    expect(words(() => engine.containerPause(c1.slice(0, 5)))).toBe(`409 Container ${c1} is already paused`);
  });

  it("is listed with others, the newest first; those that ended where somebody asks for all or for so many", () => {
    const host = new EngineHost();
    run(host, "c1", ["sleep", "1000"]);
    create(host, "c2", ["true"]);
    run(host, "c3", ["sleep", "1000"]);
    const listed = (options: Parameters<typeof host.engine.containerList>[0]): string[] =>
      host.engine.containerList(options).map(({ Names }) => Names[0]!);
    expect(listed({ all: false })).toEqual(["/c3", "/c1"]);
    expect(listed({ all: true })).toEqual(["/c3", "/c2", "/c1"]);
    expect(listed({ all: false, limit: 2 })).toEqual(["/c3", "/c2"]);
  });

  it("runs nothing while it is paused, and is late by that", () => {
    const host = new EngineHost();
    run(host, "c1", ["sleep", "5"]);
    host.world.advance(2 * SECOND);
    host.engine.containerPause("c1");
    host.world.advance(20 * SECOND);
    expect(host.engine.containerInspect("c1").State.Status).toBe("paused");
    host.engine.containerUnpause("c1");
    host.finish(host.engine.containerWait("c1", "not-running"));
    expect(host.now).toBe(22 * SECOND);
  });
});

describe("restart policies", () => {
  it("wait 100 ms, then twice as long each time, up to a minute", () => {
    const host = new EngineHost();
    run(host, "c1", ["false"], restarting("always"));
    host.world.advance(SECOND);
    const starts = host.engine.events.list
      .filter((event) => event.Action === "start")
      .map((event) => event.at);
    expect(starts.slice(0, 4).map((at) => Math.round(at / 1e8))).toEqual([0, 1, 3, 7]);
    expect(status(host, "c1")).toBe("Restarting (1) Less than a second ago");
    const { Id } = host.engine.containerInspect("c1");
    expect(words(() => host.engine.containerTop("c1", []))).toBe(
      `409 Container ${Id} is restarting, wait until the container is running`,
    );
    host.world.advance(600 * SECOND);
    const last = host.engine.events.list.filter((event) => event.Action === "start").slice(-2);
    expect(Math.round((last[1]!.at - last[0]!.at) / SECOND)).toBe(60);
    // Ten waits up to 51.2 s take 102 s, and eight of a minute fit into the rest.
    expect(host.engine.containerInspect("c1").RestartCount).toBe(18);
  });

  it("on-failure gives up after its count; unless-stopped and always rest after a stop", () => {
    const host = new EngineHost();
    run(host, "ff", ["false"], restarting("on-failure", 2));
    run(host, "tt", ["true"], restarting("on-failure", 2));
    run(host, "uu", ["sleep", "1000"], restarting("unless-stopped"));
    host.world.advance(30 * SECOND);
    expect(["ff", "tt"].map((name) => host.engine.containerInspect(name).RestartCount)).toEqual([2, 0]);
    host.finish(host.engine.containerStop("uu", 0));
    host.world.advance(300 * SECOND);
    expect(host.engine.containerInspect("uu").State.Status).toBe("exited");
    host.finish(host.engine.containerStart("uu"));
    expect(host.engine.containerInspect("uu").State.Status).toBe("running");
  });

  it("are checked", () => {
    const host = new EngineHost();
    expect([
      words(() => create(host, "c1", ["true"], restarting("foo"))),
      words(() => create(host, "c1", ["true"], restarting("always", 3))),
    ]).toEqual([
      "400 invalid restart policy 'foo'",
      "400 maximum retry count cannot be used with restart policy 'always'",
    ]);
  });
});

describe("what goes with a network", () => {
  const mode =
    (NetworkMode: string, change: Change = () => {}): Change =>
    (request) => {
      request.HostConfig.NetworkMode = NetworkMode;
      change(request);
    };

  it("shares another container's, unless that does not run", () => {
    const host = new EngineHost();
    const web = run(host, "web", ["sleep", "1000"]);
    const shared = run(host, "shared", ["sleep", "1000"], mode("container:web"));
    expect(host.engine.containerInspect(shared).HostConfig.NetworkMode).toBe(`container:${web}`);
    expect(host.engine.containerInspect(shared).NetworkSettings.Networks).toEqual({});
    host.finish(host.engine.containerStop("web", 0));
    expect(words(() => run(host, "late", ["true"], mode("container:web")))).toBe(
      `409 cannot join network of a non running container: ${web}`,
    );
  });

  it("refuses what cannot go together", () => {
    const host = new EngineHost();
    run(host, "web", ["sleep", "1000"]);
    const shared = (change: Change): string =>
      words(() => create(host, "x1", ["true"], mode("container:web", change)));
    expect([
      shared(({ Config }) => Object.assign(Config, { Hostname: "x" })),
      shared(({ HostConfig }) => Object.assign(HostConfig, { Dns: ["1.1.1.1"] })),
      shared(({ HostConfig }) => Object.assign(HostConfig, { PublishAllPorts: true })),
      words(() => create(host, "x1", ["true"], mode("container:"))),
      words(() => run(host, "x2", ["true"], mode("nosuch"))),
      status(host, "x2"),
      words(() => host.engine.networkConnect("host", "web", {})),
    ]).toEqual([
      "400 conflicting options: hostname and the network mode",
      "400 conflicting options: dns and the network mode",
      "400 conflicting options: port publishing and the container type network mode",
      "400 Invalid network mode: invalid container format container:<name|id>",
      "404 network nosuch not found",
      "Created",
      "403 container cannot be disconnected from host network or connected to host network",
    ]);
  });
});

/** One thing that somebody asks of an engine. */
type Step = (host: EngineHost) => unknown;

const name = fc.constantFrom("c1", "c2", "c3");
const network = fc.constantFrom("bridge", "n1", "none", "host");

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, fc.constantFrom(["sleep", "30"], ["true"], ["nosuch"]), network, fc.boolean()).map(
    ([one, command, on, remove]): Step =>
      (host) =>
        run(host, one, command, ({ HostConfig }) => {
          HostConfig.NetworkMode = on;
          HostConfig.AutoRemove = remove;
          if (!remove) HostConfig.RestartPolicy = { Name: "on-failure", MaximumRetryCount: 3 };
          if (on === "bridge") HostConfig.PortBindings = { "80/tcp": [{ HostIp: "", HostPort: "8080" }] };
        }),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.finish(host.engine.containerStop(one, 1)),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.finish(host.engine.containerStart(one)),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.finish(host.engine.containerRestart(one, 0)),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.engine.containerKill(one, "TERM"),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.engine.containerPause(one),
  ),
  name.map(
    (one): Step =>
      (host) =>
        host.engine.containerUnpause(one),
  ),
  fc.tuple(name, name).map(
    ([one, other]): Step =>
      (host) =>
        host.engine.containerRename(one, other),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([one, force]): Step =>
      (host) =>
        host.finish(host.engine.containerRemove(one, { force, volumes: false, link: false })),
  ),
  fc.constant<Step>((host) => host.engine.containerPrune()),
  fc.constant<Step>((host) => host.engine.networkCreate(networkRequest("n1"))),
  fc.tuple(network, name).map(
    ([on, one]): Step =>
      (host) =>
        host.engine.networkConnect(on, one, {}),
  ),
  fc.tuple(network, name).map(
    ([on, one]): Step =>
      (host) =>
        host.engine.networkDisconnect(on, one, false),
  ),
  network.map(
    (on): Step =>
      (host) =>
        host.engine.networkRemove(on),
  ),
  fc.integer({ min: 1, max: 20_000 }).map(
    (ms): Step =>
      (host) =>
        host.world.advance(ms * 1_000_000),
  ),
);

/** All that can be seen of an engine after some steps, refusals included. */
function story(steps: readonly Step[]): string {
  const host = new EngineHost(7);
  const lines = steps.map((act) => {
    try {
      act(host);
      return "done";
    } catch (error) {
      if (error instanceof DaemonError || error instanceof StartFailure) return error.message;
      throw error;
    }
  });
  const { engine } = host;
  const containers = engine.containerList({ all: true });
  const seen = [
    ...lines,
    JSON.stringify(containers),
    ...containers.map(({ Id }) => JSON.stringify(engine.containerInspect(Id))),
    JSON.stringify(engine.networkList()),
    JSON.stringify(engine.events.list),
  ];
  // Whatever came before, everything can be taken away again.
  for (const { Id } of containers) {
    host.finish(engine.containerRemove(Id, { force: true, volumes: false, link: false }));
  }
  expect(engine.containerList({ all: true })).toEqual([]);
  for (const { Containers } of engine.networkList()) expect(Containers).toEqual({});
  return seen.join("\n");
}

it("any sequence of calls is done or refused in words, the same way twice, and leaves nothing behind", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      expect(story(steps)).toBe(story(steps));
    }),
    { numRuns: 40 },
  );
});
