import { own } from "../../base/own.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { unsigned } from "../words.ts";
import type { ReadOption } from "./extension.ts";
import { parseProtocol } from "./protocols.ts";
import { portOfService, type ServiceProtocol } from "./services.ts";
import { XtProblem } from "./xt-problem.ts";

/** How arguments of options are read (libxtables/xtoptions.c), and what is said of wrong ones. */

/** XTTYPE_STRING. */
export function string(min = 0, max = 0): ReadOption {
  return (text) => {
    if (min !== 0 && text.length < min)
      throw new XtProblem(`Argument must have a minimum length of ${min} characters\n`);
    if (max !== 0 && text.length > max)
      throw new XtProblem(`Argument must have a maximum length of ${max} characters\n`);
    return text;
  };
}

/** XTTYPE_UINT8 to UINT64: a number from `min` to `max`. */
export function uint(max: number, min = 0): ReadOption {
  return (text, extension, option) => {
    const value = unsigned(text, max);
    if (value === null || value < min)
      throw new XtProblem(
        `${extension}: bad value for option "--${option}", or out of range (${min}-${max}).\n`,
      );
    return value;
  };
}

/** XTTYPE_UINT8RC to UINT64RC: up to `count` numbers between colons; what is missing is the least or the most. */
export function range(max: number, count = 2): ReadOption {
  return (text, extension, option) => {
    const parts = text.split(":");
    return parts.map((part, i) => {
      if (i === count)
        throw new XtProblem(`${extension}: Too many components for option "--${option}" (max: ${count})\n`);
      if (part === "") return i === 1 ? max : 0;
      const rest = parts.slice(i).join(":");
      const digits = /^(0[xX][0-9a-fA-F]+|\d*)/.exec(part)![0];
      const value = unsigned(digits, max);
      if (value === null)
        throw new XtProblem(
          `${extension}: bad value for option "--${option}" near "${rest}", or out of range (0-${max}).\n`,
        );
      if (digits.length < part.length)
        throw new XtProblem(
          `${extension}: Argument to "--${option}" has unexpected characters near "${rest.slice(digits.length)}".\n`,
        );
      return value;
    });
  };
}

/** XTTYPE_DOUBLE. */
export function double(min = 0, max = 0): ReadOption {
  return (text, extension, option) => {
    const value = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (Number.isNaN(value) || (min !== max && (value < min || value > max)))
      throw new XtProblem(
        `${extension}: bad value for option "--${option}", or out of range (${min}-${max}).\n`,
      );
    return value;
  };
}

/** A port by number or by name, as older extensions read it (xtables_parse_port). */
export function parsePort(text: string, protocol: ServiceProtocol): number {
  const port = unsigned(text, 65535) ?? portOfService(text, protocol);
  if (port === null) throw new XtProblem(`invalid port/service \`${text}' specified`);
  return port;
}

/**
 * A port by number or by any protocol's name (getaddrinfo); null when there is none. Numbers are cut to 16 bits, as far as
 * they fit into an int: glibc does not look at what is beyond.
 */
export function anyPort(text: string): number | null {
  if (/^\s*\+?\d+$/.test(text)) {
    const number = Number(text);
    return !Number.isSafeInteger(number) || (number | 0) < 0 ? null : number & 0xffff;
  }
  return portOfService(text, "tcp") ?? portOfService(text, "udp");
}

/** XTTYPE_PORT. */
const port: ReadOption = (text) => {
  const value = anyPort(text);
  if (value === null) throw new XtProblem(`Port "${text}" does not resolve to anything.\n`);
  return value;
};

/** XTTYPE_PORTRC: a port or two with a colon between; the value is always a pair. */
export const ports: ReadOption = (text, extension, option) => {
  const values: [number, number] = [0, 65535];
  let count = 0;
  for (const part of text.split(":")) {
    if (count === 2)
      throw new XtProblem(`${extension}: Too many components for option "--${option}" (max: 2)\n`);
    if (part !== "") {
      const value = port(part, extension, option) as number;
      values[count] = value;
    }
    count++;
  }
  if (count === 1) values[1] = values[0];
  return values;
};

/** XTTYPE_HOST: an address, as int32. Names are not looked up: nobody answers the tool. */
const host: ReadOption = (text) => {
  const address = addressOf(text);
  if (address === null) throw new XtProblem("getaddrinfo: Temporary failure in name resolution\n");
  return address;
};

/** An address as inet_aton reads it, decimal with one to four parts; null for anything else. */
function addressOf(text: string): number | null {
  if (text === "localhost") return ip.LOOPBACK;
  const parts = text.split(".");
  if (parts.length > 4) return null;
  const numbers = parts.map((part) => unsigned(part));
  if (numbers.includes(null)) return null;
  const last = numbers.pop()!;
  if (numbers.some((n) => n! > 255) || last >= 2 ** (8 * (4 - numbers.length))) return null;
  return numbers.reduce<number>((sum, n, i) => sum + n! * 2 ** (8 * (3 - i)), last) | 0;
}

export interface AddressMask {
  readonly address: number;
  readonly mask: number;
}

/** XTTYPE_HOSTMASK: an address with a mask, a length or nothing. */
export const hostMask: ReadOption = (text, extension, option): AddressMask => {
  const slash = text.indexOf("/");
  if (slash < 0) return { address: host(text, extension, option) as number, mask: -1 };
  const address = host(text.slice(0, slash), extension, option) as number;
  return { address, mask: prefixMask(text.slice(slash + 1), extension, option) as number };
};

/** XTTYPE_PLENMASK: a prefix length or a mask; the value is a mask as int32. */
const prefixMask: ReadOption = (text, extension, option) => {
  // Lengths beyond 32 are 32.
  const length = unsigned(text);
  if (length !== null) return ip.netmask(Math.min(length, 32));
  const mask = ip.parse(text);
  if (mask === null)
    throw new XtProblem(
      `${extension}: bad value for option "--${option}", neither a valid network mask nor valid CIDR (0-32).\n`,
    );
  // A mask with holes counts as that of a single address.
  return ip.prefixLength(mask) === null ? -1 : mask;
};

export interface MarkMask {
  readonly mark: number;
  readonly mask: number;
}

/** XTTYPE_MARKMASK32: `VALUE` or `VALUE/MASK`, uint32. */
export const markMask: ReadOption = (text, extension, option): MarkMask => {
  const wrong = (): XtProblem =>
    new XtProblem(`${extension}: bad integer value for option "--${option}", or out of range.\n`);
  const slash = text.indexOf("/");
  const mark = unsigned(slash < 0 ? text : text.slice(0, slash));
  if (mark === null) throw wrong();
  if (slash < 0) return { mark, mask: 0xffffffff };
  const mask = unsigned(text.slice(slash + 1));
  if (mask === null) throw wrong();
  return { mark, mask };
};

export const protocol: ReadOption = (text) => parseProtocol(text);

const LEVELS: Readonly<Record<string, number>> = {
  alert: 1,
  crit: 2,
  debug: 7,
  emerg: 0,
  error: 3,
  info: 6,
  notice: 5,
  panic: 0,
  warning: 4,
};

/** XTTYPE_SYSLOGLEVEL. */
export const syslogLevel: ReadOption = (text) => {
  const level = unsigned(text, 7) ?? own(LEVELS, text);
  if (level === undefined) throw new XtProblem(`log level "${text}" unknown\n`);
  return level;
};

/** XTTYPE_ETHERMAC: six bytes, in the one form in which addresses are printed. */
export const ethernetAddress: ReadOption = (text) => {
  if (!/^[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}$/.test(text))
    throw new XtProblem("Invalid MAC address specified.");
  return text
    .split(":")
    .map((byte) => byte.toLowerCase().padStart(2, "0"))
    .join(":");
};

/** A mask as it is printed behind a slash: a length where it is one (xtables_ipmask_to_numeric without the slash). */
export function maskText(mask: number): string {
  const length = ip.prefixLength(mask);
  return length === null ? ip.format(mask) : `${length}`;
}

/** `0x1` or `0x1/0xff`. */
export function markText({ mark, mask }: MarkMask): string {
  const value = `0x${mark.toString(16)}`;
  return mask === 0xffffffff ? value : `${value}/0x${mask.toString(16)}`;
}

/** A word as xtables_save_string prints it: quoted unless it has letters, digits, `-` and `_` only. */
export function saveString(text: string): string {
  if (text !== "" && /^[A-Za-z0-9_-]*$/.test(text)) return text;
  return `"${text.replaceAll(/["\\']/g, (char) => `\\${char}`)}"`;
}
