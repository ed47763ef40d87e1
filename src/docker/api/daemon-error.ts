/**
 * What the engine refuses. The client prints `Error response from daemon: ` and the message, whose words are those of
 * Docker Engine 20.10; `status` is the HTTP status that its API gives (400 bad parameter, 403 forbidden, 404 no such
 * object, 409 conflict, 500 the driver failed).
 */
export class DaemonError extends Error {
  /** `DaemonError` */
  override readonly name = "DaemonError";
  /** The HTTP status of the engine's answer. */
  readonly status: 400 | 403 | 404 | 409 | 500;

  constructor(status: DaemonError["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** Does something whose refusal is told with words in front. @throws {DaemonError} */
export function withPrefix<T>(words: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    throw new DaemonError(error.status, `${words}: ${error.message}`);
  }
}
