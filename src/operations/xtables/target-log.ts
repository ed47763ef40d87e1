import { KERN_WARNING } from "../../net/kernel-log.ts";
import type { LogInfo } from "../../netfilter/target-log.ts";
import type { XtExtension } from "./extension.ts";
import { saveString, string, syslogLevel } from "./read-options.ts";
import { XtProblem } from "./xt-problem.ts";

const MAX_PREFIX = 29;
const LEVELS = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"];
const FLAGS: readonly (readonly [keyof LogInfo, string, number])[] = [
  ["tcpSequence", "tcp-sequence", 1],
  ["tcpOptions", "tcp-options", 2],
  ["ipOptions", "ip-options", 4],
  ["uid", "uid", 8],
  ["macDecode", "macdecode", 32],
];

export const logTarget: XtExtension<LogInfo> = {
  name: "LOG",
  help: `LOG target options:
 --log-level level		Level of logging (numeric or see syslog.conf)
 --log-prefix prefix		Prefix log messages with this prefix.
 --log-tcp-sequence		Log TCP sequence numbers.
 --log-tcp-options		Log TCP options.
 --log-ip-options		Log IP options.
 --log-uid			Log UID owning the local socket.
 --log-macdecode		Decode MAC addresses and protocol.
`,
  options: [
    { name: "log-level", read: syslogLevel },
    {
      name: "log-prefix",
      read(text, extension, option) {
        const prefix = string(1)(text, extension, option) as string;
        if (prefix.includes("\n")) throw new XtProblem("Newlines not allowed in --log-prefix");
        return prefix.slice(0, MAX_PREFIX);
      },
    },
    ...FLAGS.map(([, name]) => ({ name: `log-${name}` })),
  ],
  make(given) {
    const level = given.get<number>("log-level") ?? KERN_WARNING;
    const prefix = given.get<string>("log-prefix");
    const flags = FLAGS.filter(([, name]) => given.has(`log-${name}`)).map(([key]) => [key, true]);
    return {
      name: "LOG",
      ...(level === KERN_WARNING ? {} : { level }),
      ...(prefix === undefined ? {} : { prefix }),
      ...Object.fromEntries(flags),
    };
  },
  save: (info) =>
    [
      ...(info.prefix === undefined ? [] : [`--log-prefix ${saveString(info.prefix)}`]),
      ...(info.level === undefined ? [] : [`--log-level ${info.level}`]),
      ...FLAGS.flatMap(([key, name]) => (info[key] === true ? [`--log-${name}`] : [])),
    ].join(" "),
  list(info, { numeric }) {
    const { level = KERN_WARNING, prefix } = info;
    const set = FLAGS.filter(([key]) => info[key] === true);
    const how = numeric
      ? `flags ${set.reduce((sum, [, , bit]) => sum + bit, 0)} level ${level}`
      : [`level ${LEVELS[level]}`, ...set.map(([, name]) => name)].join(" ");
    return `LOG ${how}${prefix === undefined ? "" : ` prefix "${prefix}"`}`;
  },
};
