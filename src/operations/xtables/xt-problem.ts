/** Exit statuses of iptables (enum xtables_exittype). */
export const XtStatus = { other: 1, parameter: 2, version: 3, resource: 4 } as const;
export type XtStatus = (typeof XtStatus)[keyof typeof XtStatus];

/** iptables finds something wrong by itself: `message` is what stands behind its name and version. */
export class XtProblem extends Error {
  override readonly name = "XtProblem";
  readonly status: XtStatus;
  /** The message stands alone, without name and version in front (`Bad argument ...`). */
  readonly bare: boolean;
  /** What went to standard error before, in whole lines. */
  before = "";

  constructor(message: string, status: XtStatus = XtStatus.parameter, bare = false) {
    super(message);
    this.status = status;
    this.bare = bare;
  }
}

export const VERSION = "1.8.9 (legacy)";

/** What the program prints about a problem; `line` is that of a file that is being restored, or null. */
export function problemText(program: string, problem: XtProblem, line: number | null): string {
  return problem.before + messageText(program, problem, line);
}

function messageText(program: string, problem: XtProblem, line: number | null): string {
  const head = problem.bare ? "" : `${program} v${VERSION}: `;
  const said = problem.bare && problem.message === "" ? "" : `${head}${problem.message}\n`;
  if (problem.status === XtStatus.version)
    return `${said}Perhaps ${program} or your kernel needs to be upgraded.\n`;
  if (problem.status !== XtStatus.parameter) return said;
  const where = line === null ? "" : `Error occurred at line: ${line}\n`;
  return `${said}${where}Try \`${program} -h' or '${program} --help' for more information.\n`;
}
