/** The codes of curl that can be met here; they are its exit statuses. */
export const Code = {
  OK: 0,
  UNSUPPORTED_PROTOCOL: 1,
  FAILED_INIT: 2,
  URL_MALFORMAT: 3,
  COULDNT_RESOLVE_HOST: 6,
  COULDNT_CONNECT: 7,
  WEIRD_SERVER_REPLY: 8,
  PARTIAL_FILE: 18,
  HTTP_RETURNED_ERROR: 22,
  WRITE_ERROR: 23,
  READ_ERROR: 26,
  OPERATION_TIMEDOUT: 28,
  RANGE_ERROR: 33,
  INTERFACE_FAILED: 45,
  TOO_MANY_REDIRECTS: 47,
  SETOPT_OPTION_SYNTAX: 49,
  GOT_NOTHING: 52,
  SEND_ERROR: 55,
  RECV_ERROR: 56,
  FILESIZE_EXCEEDED: 63,
} as const;
export type Code = (typeof Code)[keyof typeof Code];

/** A transfer has failed: the code, and the words that stand behind `curl: (CODE)`. */
export class CurlFailure extends Error {
  override readonly name = "CurlFailure";
  readonly code: Code;

  constructor(code: Code, words: string) {
    super(words);
    this.code = code;
  }
}
