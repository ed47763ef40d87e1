/** Error numbers of Linux that configuration can meet, with the text of strerror(3) as RTNETLINK answers print it. */
export const errorText = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  ESRCH: "No such process",
  EACCES: "Permission denied",
  EBUSY: "Device or resource busy",
  EEXIST: "File exists",
  ENODEV: "No such device",
  EINVAL: "Invalid argument",
  EROFS: "Read-only file system",
  ERANGE: "Numerical result out of range",
  ELOOP: "Too many levels of symbolic links",
  E2BIG: "Argument list too long",
  EMLINK: "Too many links",
  ENOTEMPTY: "Directory not empty",
  EXFULL: "Exchange full",
  EOPNOTSUPP: "Operation not supported",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Cannot assign requested address",
  ENETDOWN: "Network is down",
  ENETUNREACH: "Network is unreachable",
  EHOSTUNREACH: "No route to host",
  ECONNREFUSED: "Connection refused",
  ENOBUFS: "No buffer space available",
  EMSGSIZE: "Message too long",
  ENOTCONN: "Transport endpoint is not connected",
  EDESTADDRREQ: "Destination address required",
  ENOPROTOOPT: "Protocol not available",
  EAFNOSUPPORT: "Address family not supported by protocol",
  ETIMEDOUT: "Connection timed out",
  EAGAIN: "Resource temporarily unavailable",
  ENONET: "Machine is not on the network",
  ENOSPC: "No space left on device",
  EPROTO: "Protocol error",
  EHOSTDOWN: "Host is down",
  ECONNRESET: "Connection reset by peer",
  ECONNABORTED: "Software caused connection abort",
  EPIPE: "Broken pipe",
  EISCONN: "Transport endpoint is already connected",
  EALREADY: "Operation already in progress",
} as const;
export type Errno = keyof typeof errorText;

/** The kernel refuses what it was asked: an error number and, where Linux sends one, the words of its extended ack. */
export class KernelError extends Error {
  override readonly name = "KernelError";
  readonly errno: Errno;
  readonly extack: string | null;

  constructor(errno: Errno, extack: string | null = null) {
    super(extack ?? errorText[errno]);
    this.errno = errno;
    this.extack = extack;
  }
}
