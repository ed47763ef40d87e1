/** Nobody reads a pipe any more. */
export const SIGPIPE = 13;

/** The signals of Linux on x86, by number from 1: name, and what strsignal(3) calls it (signal(7)). */
const SIGNALS: readonly (readonly [name: string, words: string])[] = [
  ["HUP", "Hangup"],
  ["INT", "Interrupt"],
  ["QUIT", "Quit"],
  ["ILL", "Illegal instruction"],
  ["TRAP", "Trace/breakpoint trap"],
  ["ABRT", "Aborted"],
  ["BUS", "Bus error"],
  ["FPE", "Floating point exception"],
  ["KILL", "Killed"],
  ["USR1", "User defined signal 1"],
  ["SEGV", "Segmentation fault"],
  ["USR2", "User defined signal 2"],
  ["PIPE", "Broken pipe"],
  ["ALRM", "Alarm clock"],
  ["TERM", "Terminated"],
  ["STKFLT", "Stack fault"],
  ["CHLD", "Child exited"],
  ["CONT", "Continued"],
  ["STOP", "Stopped (signal)"],
  ["TSTP", "Stopped"],
  ["TTIN", "Stopped (tty input)"],
  ["TTOU", "Stopped (tty output)"],
  ["URG", "Urgent I/O condition"],
  ["XCPU", "CPU time limit exceeded"],
  ["XFSZ", "File size limit exceeded"],
  ["VTALRM", "Virtual timer expired"],
  ["PROF", "Profiling timer expired"],
  ["WINCH", "Window changed"],
  ["IO", "I/O possible"],
  ["PWR", "Power failure"],
  ["SYS", "Bad system call"],
];
/** The first and the last signal for real time. */
const RTMIN = 34;
const RTMAX = 64;

/** The number of a signal given as `TERM`, `SIGTERM` or `15`; null if there is no such signal. */
export function signalNumber(name: string): number | null {
  if (/^\d+$/.test(name)) return Number(name) <= RTMAX ? Number(name) : null;
  const plain = name.toUpperCase().replace(/^SIG/, "");
  const at = SIGNALS.findIndex((signal) => signal[0] === plain);
  if (at >= 0) return at + 1;
  return signalNumbers().find((number) => number >= RTMIN && signalName(number) === plain) ?? null;
}

/** `TERM`, `RTMIN+2`; the number itself where it has no name. */
export function signalName(number: number): string {
  const name = SIGNALS[number - 1]?.[0];
  if (name !== undefined) return name;
  if (number < RTMIN || number > RTMAX) return `${number}`;
  if (number === RTMIN || number === RTMAX) return number === RTMIN ? "RTMIN" : "RTMAX";
  return number - RTMIN <= 15 ? `RTMIN+${number - RTMIN}` : `RTMAX-${RTMAX - number}`;
}

/** Those that have a name, ascending; 32 and 33 belong to the C library. */
export function signalNumbers(): readonly number[] {
  return Array.from({ length: RTMAX }, (_, i) => i + 1).filter((n) => n <= SIGNALS.length || n >= RTMIN);
}

/** How bash says that a job was ended by a signal. */
export function signalWords(number: number): string {
  return SIGNALS[number - 1]?.[1] ?? `Unknown signal ${number}`;
}
