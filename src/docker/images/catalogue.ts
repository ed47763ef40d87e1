import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageSpec } from "./image-spec.ts";
import { webServer } from "./server.ts";

/** The server of `nginx`: a page at port 80 that says who answered. */
const nginx: ImageSpec = {
  names: ["nginx:latest", "nginx:alpine"],
  entrypoint: ["/docker-entrypoint.sh"],
  command: ["nginx", "-g", "daemon off;"],
  env: [DEFAULT_PATH, "NGINX_VERSION=1.23.4"],
  exposed: [80],
  stopSignal: "SIGQUIT",
  size: 41_000_000,
  programs: {
    "/docker-entrypoint.sh": (context) =>
      webServer(context, { ports: [80], answer: "hello", endedBy: [3, 15] }),
  },
};

/** The images that lie on every host from the start. */
export const CATALOGUE: readonly ImageSpec[] = [
  { names: ["alpine:latest"], command: ["/bin/sh"], env: [DEFAULT_PATH], size: 7_050_000 },
  { names: ["busybox:latest"], command: ["sh"], env: [DEFAULT_PATH], size: 4_860_000 },
  nginx,
];
