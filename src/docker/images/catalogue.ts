import { curl } from "../../programs/curl/curl.ts";
import { whoami } from "../../programs/httpd/whoami.ts";
import { python } from "../../programs/python/python.ts";
import { SIGINT, SIGTERM } from "../../sim/process.ts";
import { alpineFiles } from "./alpine-files.ts";
import { DATA_IMAGES } from "./data-images.ts";
import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageSpec } from "./image-spec.ts";
import { endedBySignals, webServer } from "./server.ts";
import { WEB_IMAGES } from "./web-images.ts";

/** The images that lie on every host from the start: those of the book, and what one likes to look around with. */
export const CATALOGUE: readonly ImageSpec[] = [
  {
    names: ["alpine:latest"],
    command: ["/bin/sh"],
    env: [DEFAULT_PATH],
    size: 7_050_000,
    files: alpineFiles(),
  },
  { names: ["busybox:latest"], command: ["sh"], env: [DEFAULT_PATH], size: 4_860_000 },
  {
    names: ["nicolaka/netshoot:latest"],
    command: ["zsh"],
    env: [DEFAULT_PATH],
    size: 483_000_000,
    system: "full",
  },
  {
    names: ["curlimages/curl:latest"],
    user: "curl_user",
    files: alpineFiles("curl_user:x:100:101::/home/curl_user:/sbin/nologin"),
    entrypoint: ["curl"],
    env: [DEFAULT_PATH],
    size: 11_900_000,
    programs: { curl },
  },
  {
    names: ["python:latest", "python:alpine"],
    files: alpineFiles(),
    command: ["python3"],
    env: [DEFAULT_PATH],
    size: 51_700_000,
    programs: { python, python3: python },
  },
  ...WEB_IMAGES,
  ...DATA_IMAGES,
  {
    names: ["training/whoami:latest", "training/whoami:2.0"],
    command: ["/whoami"],
    env: [DEFAULT_PATH, "PORT=8000"],
    exposed: [8000],
    size: 10_000_000,
    system: "none",
    programs: { "/whoami": (context) => endedBySignals(context, [SIGTERM, SIGINT], whoami(context)) },
  },
  {
    names: ["fundamentalsofdocker/ch11-web:2.0"],
    files: alpineFiles("node:x:1000:1000:Linux User,,,:/home/node:/bin/sh"),
    command: ["node", "server.js"],
    env: [DEFAULT_PATH],
    exposed: [3000],
    workingDir: "/app",
    size: 75_000_000,
    programs: {
      node: (context) =>
        webServer(context, {
          ports: [3000],
          answer: "Pets Demo Application, served by {hostname}\n",
          log: ["Listening at 0.0.0.0:3000"],
        }),
    },
  },
];
