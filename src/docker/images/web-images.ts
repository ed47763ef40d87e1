import { resolvePath } from "../../base/path.ts";
import type { ProgramContext } from "../../programs/program-context.ts";
import { type Program, SIGINT, SIGTERM } from "../../sim/process.ts";
import { fieldValue, formatHttpDate } from "../../wire/http.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { alpineFiles } from "./alpine-files.ts";
import { type HttpCall, type HttpReply, httpService } from "./http-service.ts";
import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageProgramContext, ImageSpec } from "./image-spec.ts";
import { endedBySignals } from "./server.ts";

const SIGQUIT = 3;
const SIGWINCH = 28;
const NGINX = "1.23.4";

const NGINX_PAGE = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>The web server of the container is up and runs.</p>
</body>
</html>
`;

function notFound(body: string): HttpReply {
  return { status: 404, reason: "Not Found", body, fields: [["Content-Type", "text/html"]] };
}

/** `[29/Nov/2026:12:00:00 +0000]`, as access logs have it. */
function logTime(context: ProgramContext): string {
  const [, day, month, year, time] = formatHttpDate(context.machine.clock().seconds).split(" ");
  return `[${day}/${month}/${year}:${time} +0000]`;
}

function isPage({ target }: HttpCall): boolean {
  return /^\/(?:index\.html)?(?:\?|$)/.test(target);
}

/** Types of files by the end of their names (nginx's conf/mime.types). */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["html", "text/html"],
  ["htm", "text/html"],
  ["txt", "text/plain"],
  ["css", "text/css"],
  ["js", "application/javascript"],
  ["json", "application/json"],
]);

/** The file below a folder that a request asks for; null when there is none. */
function pageBelow(
  { files }: ProgramContext,
  folder: string,
  target: string,
): { readonly text: string; readonly type: string } | null {
  const path = resolvePath("/", target.replace(/[?#].*$/, "").replace(/\/$/, "/index.html"));
  if (files.stat(folder + path)?.kind !== "file") return null;
  const end = /\.(\w+)$/.exec(path)?.[1] ?? "";
  return { text: files.read(folder + path), type: TYPES.get(end) ?? "application/octet-stream" };
}

/** nginx: the files of /usr/share/nginx/html, an access log on standard output, a graceful end on SIGQUIT and a fast one on SIGTERM. */
function nginx(context: ProgramContext): Program {
  const service = httpService(context, 80, "apart", (call) => {
    const page = pageBelow(context, "/usr/share/nginx/html", call.target);
    const reply: HttpReply =
      page === null
        ? notFound("<html>\n<head><title>404 Not Found</title></head>\n</html>\n")
        : {
            status: 200,
            reason: "OK",
            body: page.text,
            fields: [
              ["Server", `nginx/${NGINX}`],
              ["Content-Type", page.type],
            ],
          };
    const { body } = reply;
    const agent = fieldValue(call.fields, "user-agent") ?? "-";
    const request = `"${call.method} ${call.target} ${call.version}" ${reply.status} ${body.length}`;
    context.out(`${call.peer.address} - - ${logTime(context)} ${request} "-" "${agent}" "-"\n`);
    return reply;
  });
  return endedBySignals(context, [SIGQUIT, SIGTERM, SIGINT], service);
}

/** The start script of nginx's image runs what follows it. */
function nginxEntrypoint(context: ImageProgramContext): number | Program {
  if (context.args[0] === "nginx") return nginx(context);
  return context.exec(context.args);
}

/** Apache's httpd: one page, and an end on SIGWINCH and SIGTERM. */
function apache(context: ProgramContext): Program {
  const service = httpService(context, 80, "dual", (call) => {
    const body = isPage(call) ? "<html><body><h1>It works!</h1></body></html>\n" : "Not Found\n";
    const reply: HttpReply = isPage(call)
      ? {
          status: 200,
          reason: "OK",
          body,
          fields: [
            ["Server", "Apache/2.4.57 (Unix)"],
            ["Content-Type", "text/html"],
          ],
        }
      : notFound(body);
    const request = `"${call.method} ${call.target} ${call.version}" ${reply.status} ${body.length}`;
    context.out(`${call.peer.address} - - ${logTime(context)} ${request}\n`);
    return reply;
  });
  return endedBySignals(context, [SIGWINCH, SIGTERM, SIGINT], service);
}

/** traefik/whoami: tells of itself and of the request. */
function tellingWhoami(context: ProgramContext): Program {
  const at = context.args.findIndex((word) => /^--?port$/.test(word));
  const given = at < 0 ? undefined : context.args[at + 1];
  const port = Number(given ?? context.env.get("WHOAMI_PORT_NUMBER") ?? 80);
  context.err(`${startTime(context)} Starting up on port ${port}\n`);
  return httpService(context, port, "dual", (call) => {
    const addresses = context.namespace.devices.flatMap((device) =>
      device.ipv4.addresses.map(({ address }) => ip.format(address)),
    );
    const fields = call.fields.filter(({ name }) => !["host", "connection"].includes(name.toLowerCase()));
    const lines = [
      `Hostname: ${context.machine.hostname}`,
      ...addresses.map((address) => `IP: ${address}`),
      `RemoteAddr: ${call.peer.address}:${call.peer.port}`,
      `${call.method} ${call.target} ${call.version}`,
      `Host: ${fieldValue(call.fields, "host") ?? ""}`,
      ...fields.map(({ name, value }) => `${name}: ${value}`).sort(),
      "",
    ];
    return {
      status: 200,
      reason: "OK",
      body: `${lines.join("\n")}\n`,
      fields: [["Content-Type", "text/plain; charset=utf-8"]],
    };
  });
}

function startTime(context: ProgramContext): string {
  const date = new Date(context.machine.clock().seconds * 1000).toISOString();
  return `${date.slice(0, 10).replaceAll("-", "/")} ${date.slice(11, 19)}`;
}

const whoamiImage = (names: readonly string[]): ImageSpec => ({
  names,
  entrypoint: ["/whoami"],
  env: [DEFAULT_PATH],
  exposed: [80],
  size: 6_300_000,
  system: "none",
  programs: { "/whoami": tellingWhoami },
});

/** Web servers that are used as they come. */
export const WEB_IMAGES: readonly ImageSpec[] = [
  {
    names: ["nginx:latest", "nginx:alpine"],
    entrypoint: ["/docker-entrypoint.sh"],
    command: ["nginx", "-g", "daemon off;"],
    env: [DEFAULT_PATH, `NGINX_VERSION=${NGINX}`],
    exposed: [80],
    labels: { maintainer: "NGINX Docker Maintainers <docker-maint@nginx.com>" },
    stopSignal: "SIGQUIT",
    size: 41_000_000,
    programs: { "/docker-entrypoint.sh": nginxEntrypoint, nginx },
    files: {
      "/usr/share/nginx/html/index.html": NGINX_PAGE,
      ...alpineFiles("nginx:x:101:101:nginx:/var/cache/nginx:/sbin/nologin"),
    },
  },
  {
    names: ["httpd:latest", "httpd:alpine"],
    files: alpineFiles(),
    command: ["httpd-foreground"],
    env: [
      `${DEFAULT_PATH}:/usr/local/apache2/bin`,
      "HTTPD_PREFIX=/usr/local/apache2",
      "HTTPD_VERSION=2.4.57",
    ],
    exposed: [80],
    workingDir: "/usr/local/apache2",
    stopSignal: "SIGWINCH",
    size: 61_000_000,
    programs: { "httpd-foreground": apache },
  },
  whoamiImage(["traefik/whoami:latest"]),
  whoamiImage(["containous/whoami:latest"]),
];
