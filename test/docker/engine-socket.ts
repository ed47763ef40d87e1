import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { DaemonError } from "../../src/docker/api/daemon-error.ts";
import type { Call, DockerApi, Filters } from "../../src/docker/api/docker-api.ts";

/** Answers HTTP at a Unix socket as dockerd does, from a {@link DockerApi}, so that the real client can ask it. */
export async function serveEngine(api: DockerApi, socket: string): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString("utf8");
    });
    request.on("end", () => answer(api, request, response, body));
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return server;
}

function answer(api: DockerApi, request: IncomingMessage, response: ServerResponse, body: string): void {
  const url = new URL(request.url!, "http://engine");
  const path = url.pathname.replace(/^\/v1\.\d+/, "");
  response.setHeader("Api-Version", "1.41");
  response.setHeader("Docker-Experimental", "false");
  response.setHeader("Ostype", "linux");
  response.setHeader("Server", "Docker/20.10.24+dfsg1 (linux)");
  if (path === "/_ping") {
    response.setHeader("Content-Type", "text/plain; charset=utf-8");
    response.end(request.method === "HEAD" ? "" : "OK");
    return;
  }
  response.setHeader("Content-Type", "application/json");
  try {
    const found: Answer | null = route(
      api,
      `${request.method} ${path}`,
      url.searchParams,
      body === "" ? {} : JSON.parse(body),
    );
    if (found === null) {
      // Who waits for what never comes hears at once that it may wait.
      response.flushHeaders();
      return;
    }
    response.statusCode = found.status;
    response.end(found.json === undefined ? "" : JSON.stringify(found.json));
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    response.statusCode = error.status;
    response.end(JSON.stringify({ message: error.message }));
  }
}

interface Answer {
  readonly status: number;
  readonly json?: unknown;
}

/** Runs a call of an engine that does not wait for anything that happens. */
function now<T>(call: Call<T>): T {
  const step = call.next();
  if (step.done !== true) throw new Error("this engine waits, and the socket cannot");
  return step.value;
}

const DONE: Answer = { status: 204 };

function filtersOf(query: URLSearchParams): Filters {
  const given = JSON.parse(query.get("filters") ?? "{}") as Record<string, Record<string, boolean>>;
  return Object.fromEntries(Object.entries(given).map(([key, values]) => [key, Object.keys(values)]));
}

// biome-ignore lint/suspicious/noExplicitAny: bodies are what the client sent
function route(api: DockerApi, what: string, query: URLSearchParams, body: any): Answer | null {
  const json = (value: unknown, status = 200): Answer => ({ status, json: value });
  const timeout = query.has("t") ? Number(query.get("t")) : null;
  const decoded = decodeURIComponent(what);
  const match = (pattern: RegExp): string | null => pattern.exec(decoded)?.[1] ?? null;
  let ref: string | null;
  if (what === "GET /version") return json(api.version());
  if (what === "GET /info") return json(api.info());
  if (what === "GET /containers/json") {
    const all = query.get("all") === "1" || query.has("limit");
    const limit = query.has("limit") ? { limit: Number(query.get("limit")) } : {};
    return json(api.containerList({ all, ...limit, filters: filtersOf(query) }));
  }
  if (what === "POST /containers/create") {
    const { HostConfig, NetworkingConfig, ...Config } = body;
    return json(api.containerCreate({ Config, HostConfig, NetworkingConfig }, query.get("name")), 201);
  }
  if (what === "POST /containers/prune") return json(api.containerPrune(filtersOf(query)));
  if ((ref = match(/^GET \/containers\/(.*)\/json$/)) !== null) return json(api.containerInspect(ref));
  if ((ref = match(/^GET \/containers\/(.*)\/top$/)) !== null) return json(api.containerTop(ref, []));
  if ((ref = match(/^POST \/containers\/(.*)\/start$/)) !== null) {
    now(api.containerStart(ref));
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/stop$/)) !== null) {
    now(api.containerStop(ref, timeout));
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/restart$/)) !== null) {
    now(api.containerRestart(ref, timeout));
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/kill$/)) !== null) {
    api.containerKill(ref, query.get("signal")!);
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/pause$/)) !== null) {
    api.containerPause(ref);
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/unpause$/)) !== null) {
    api.containerUnpause(ref);
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/rename$/)) !== null) {
    api.containerRename(ref, query.get("name")!);
    return DONE;
  }
  if ((ref = match(/^POST \/containers\/(.*)\/update$/)) !== null)
    return json(api.containerUpdate(ref, body));
  if ((ref = match(/^POST \/containers\/(.*)\/wait$/)) !== null) {
    const step = api.containerWait(ref, "not-running").next();
    return step.done === true ? json({ StatusCode: step.value }) : null;
  }
  if ((ref = match(/^DELETE \/containers\/(.*)$/)) !== null) {
    const on = (name: string): boolean => query.get(name) === "1";
    now(api.containerRemove(ref, { force: on("force"), volumes: on("v"), link: on("link") }));
    return DONE;
  }
  if (what === "GET /networks") return json(api.networkList(filtersOf(query)));
  if (what === "POST /networks/create") return json(api.networkCreate(body), 201);
  if (what === "POST /networks/prune") return json(api.networkPrune(filtersOf(query)));
  if ((ref = match(/^POST \/networks\/(.*)\/connect$/)) !== null) {
    api.networkConnect(ref, body.Container, body.EndpointConfig);
    return DONE;
  }
  if ((ref = match(/^POST \/networks\/(.*)\/disconnect$/)) !== null) {
    api.networkDisconnect(ref, body.Container, body.Force);
    return DONE;
  }
  if ((ref = match(/^GET \/networks\/(.*)$/)) !== null) return json(api.networkInspect(ref));
  if ((ref = match(/^DELETE \/networks\/(.*)$/)) !== null) {
    api.networkRemove(ref);
    return DONE;
  }
  if (what === "GET /volumes") return json({ Volumes: api.volumeList(filtersOf(query)), Warnings: null });
  if (what === "POST /volumes/create") return json(api.volumeCreate(body), 201);
  if (what === "POST /volumes/prune") return json(api.volumePrune(filtersOf(query)));
  if ((ref = match(/^GET \/volumes\/(.*)$/)) !== null) return json(api.volumeInspect(ref));
  if ((ref = match(/^DELETE \/volumes\/(.*)$/)) !== null) {
    api.volumeRemove(ref, query.has("force"));
    return DONE;
  }
  if (what === "GET /images/json")
    return json(api.imageList({ all: query.get("all") === "1", filters: filtersOf(query) }));
  if (what === "POST /images/create")
    return json(api.imagePull(`${query.get("fromImage")}:${query.get("tag")}`));
  if (what === "POST /images/prune") return json(api.imagePrune(filtersOf(query)));
  if ((ref = match(/^GET \/images\/(.*)\/json$/)) !== null) return json(api.imageInspect(ref));
  if ((ref = match(/^POST \/images\/(.*)\/tag$/)) !== null) {
    api.imageTag(ref, `${query.get("repo")}:${query.get("tag")}`);
    return { status: 201 };
  }
  if ((ref = match(/^DELETE \/images\/(.*)$/)) !== null)
    return json(api.imageRemove(ref, query.get("force") === "1"));
  throw new DaemonError(404, "page not found");
}
