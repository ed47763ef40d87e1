import { alpineFiles } from "./alpine-files.ts";
import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageProgram, ImageSpec } from "./image-spec.ts";
import { postgres } from "./postgres.ts";
import { redis } from "./redis.ts";
import { redisCli } from "./redis-cli.ts";

/** Data bases, of which the wire knows the beginning. */
export const DATA_IMAGES: readonly ImageSpec[] = [
  {
    names: ["redis:latest", "redis:alpine"],
    files: alpineFiles("redis:x:999:1000:redis:/home/redis:/bin/false"),
    entrypoint: ["docker-entrypoint.sh"],
    command: ["redis-server"],
    env: [DEFAULT_PATH, "REDIS_VERSION=7.0.11"],
    exposed: [6379],
    volumes: ["/data"],
    workingDir: "/data",
    size: 30_000_000,
    programs: {
      "docker-entrypoint.sh": running("redis-server", redis),
      "redis-server": redis,
      "redis-cli": redisCli,
    },
  },
  {
    names: ["postgres:latest", "postgres:alpine", "fundamentalsofdocker/ch11-db:2.0"],
    files: alpineFiles("postgres:x:70:70:PostgreSQL administrator:/var/lib/postgresql:/bin/sh"),
    entrypoint: ["docker-entrypoint.sh"],
    command: ["postgres"],
    env: [DEFAULT_PATH, "PG_VERSION=15.2", "PGDATA=/var/lib/postgresql/data"],
    exposed: [5432],
    volumes: ["/var/lib/postgresql/data"],
    stopSignal: "SIGINT",
    size: 238_000_000,
    programs: { "docker-entrypoint.sh": running("postgres", postgres), postgres },
  },
];

/** A start script that runs the image's own server, or whatever else it was given. */
function running(name: string, server: ImageProgram): ImageProgram {
  return (context) => (context.args[0] === name ? server(context) : context.exec(context.args));
}
