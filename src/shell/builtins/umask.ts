import type { ShellState } from "../shell-state.ts";

const LETTERS = { r: 4, w: 2, x: 1 } as const;
const SHIFTS = { u: 6, g: 3, o: 0 } as const;
type Who = keyof typeof SHIFTS;
const EVERYBODY: readonly Who[] = ["u", "g", "o"];

/** `umask [-p] [-S] [MODE]`: what new files and directories may not be. */
export function umask(state: ShellState, args: readonly string[]): number {
  const options = args.filter((word) => /^-[pS]+$/.test(word)).join("");
  const mode = args.find((word) => !/^-[pS]+$/.test(word));
  if (mode !== undefined && /^-./.test(mode) && state.naming.kind !== "ash" && state.naming.kind !== "dash") {
    const letter = /[^pS]/.exec(mode.slice(1))![0];
    const status = state.complain(`umask: -${letter}: invalid option`, 2);
    state.err("umask: usage: umask [-p] [-S] [mode]\n");
    return status;
  }
  if (mode === undefined) {
    const text = options.includes("S")
      ? symbolic(~state.umask & 0o777)
      : state.umask.toString(8).padStart(4, "0");
    const again = options.includes("S") ? "umask -S " : "umask ";
    state.out(`${options.includes("p") ? again : ""}${text}\n`);
    return 0;
  }
  const { kind } = state.naming;
  const refuse = (bash: string, dash: string): number => {
    if (kind === "ash") return state.complain(`umask: illegal mode: ${mode}`, 2);
    return kind === "dash"
      ? state.complain(`umask: Illegal ${dash}: ${mode}`, 2)
      : state.complain(`umask: ${bash}`);
  };
  if (/^\d/.test(mode)) {
    if (!/^[0-7]{1,4}$/.test(mode)) return refuse(`${mode}: octal number out of range`, "number");
    state.umask = Number.parseInt(mode, 8) & 0o777;
    return 0;
  }
  const allowed = changed(~state.umask & 0o777, mode);
  if (typeof allowed === "string") return refuse(allowed, "mode");
  state.umask = ~allowed & 0o777;
  return 0;
}

/** `u=rwx,g=rx,o=rx` */
function symbolic(allowed: number): string {
  return EVERYBODY.map((who) => {
    const three = allowed >> SHIFTS[who];
    return `${who}=${Object.entries(LETTERS)
      .filter(([, bit]) => three & bit)
      .map(([letter]) => letter)
      .join("")}`;
  }).join(",");
}

/** What is allowed after `u=rwx,g-w`; bash's words when that says nothing. */
function changed(before: number, mode: string): number | string {
  let allowed = before;
  for (const clause of mode.split(",")) {
    const [, whos = "", rest = ""] = /^([ugoa]*)(.*)$/.exec(clause)!;
    const operator = rest[0] ?? " ";
    if (!"+-=".includes(operator)) return `\`${operator}': invalid symbolic mode operator`;
    let three = 0;
    for (const letter of rest.slice(1)) {
      if (!(letter in LETTERS)) return `\`${letter}': invalid symbolic mode character`;
      three |= LETTERS[letter as keyof typeof LETTERS];
    }
    const meant = whos === "" || whos.includes("a") ? EVERYBODY : ([...whos] as Who[]);
    for (const who of meant) {
      const bits = three << SHIFTS[who];
      if (operator === "+") allowed |= bits;
      else if (operator === "-") allowed &= ~bits;
      else allowed = (allowed & ~(7 << SHIFTS[who])) | bits;
    }
  }
  return allowed;
}
