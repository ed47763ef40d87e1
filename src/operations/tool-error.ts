/** A tool does not go on: what it prints to standard error (whole lines) and its exit status. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly text: string;
  readonly status: number;
  /** What went to standard output before. */
  readonly stdout: string;
  /** The command comes back as a failure: a batch counts it and may go on. Else the program itself ends. */
  readonly comesBack: boolean;

  constructor(text: string, status: number, stdout = "", comesBack = false) {
    super(text.trimEnd());
    this.text = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    this.status = status;
    this.stdout = stdout;
    this.comesBack = comesBack;
  }
}
