import { DEFAULT_PATH } from "./image-config.ts";
import type { ImageSpec } from "./image-spec.ts";
import { webServer } from "./server.ts";

/** The command of an image that nobody described. */
export const GENERIC_COMMAND = "/server";

/**
 * An image that nobody described: a web server on every TCP port that its container exposes or publishes. It says so
 * in its log.
 */
export function genericImage(name: string): ImageSpec {
  return {
    names: [name],
    env: [DEFAULT_PATH],
    command: [GENERIC_COMMAND],
    programs: {
      [GENERIC_COMMAND]: (context) => {
        const ports = context.args.map(Number);
        const where = ports.length === 0 ? "no port is exposed or published" : `port ${ports.join(", ")}`;
        return webServer(context, {
          ports,
          answer: `{hostname}: a server of ${name}\n`,
          log: [`${name} is not described, so a plain web server stands for it (${where})`],
        });
      },
    },
  };
}
