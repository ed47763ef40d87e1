import type { Errno } from "../net/kernel-error.ts";

/** Numbers of errors as <asm-generic/errno.h> has them, of those that a program prints. */
export const errnoNumbers: Readonly<Partial<Record<Errno, number>>> = {
  EACCES: 13,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
};
