import { quoteWord } from "../quote.ts";
import { SET_OPTIONS, SHOPT_OPTIONS } from "../shell-options.ts";
import type { ShellState } from "../shell-state.ts";
import type { Builtins } from "./builtin.ts";

const SET_NAMES: readonly string[] = SET_OPTIONS.map(([name]) => name);

/** `errexit        	off`: how options are listed. */
function listed(name: string, on: boolean): string {
  return `${name.padEnd(15)}\t${on ? "on" : "off"}\n`;
}

/** How options are listed to be read again. */
function listedAsSet(name: string, on: boolean): string {
  return `set ${on ? "-o" : "+o"} ${name}\n`;
}

function listedAsShopt(name: string, on: boolean): string {
  return `shopt ${on ? "-s" : "-u"} ${name}\n`;
}

function set(state: ShellState, args: readonly string[]): number {
  if (args.length === 0) {
    for (const name of state.variables.names()) {
      const value = state.variables.get(name);
      if (value !== null) state.out(`${name}=${quoteWord(value)}\n`);
    }
    return 0;
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!;
    if (word === "--" || word === "-") {
      state.positional = args.slice(i + 1);
      return 0;
    }
    if (!/^[-+]./.test(word)) {
      state.positional = args.slice(i);
      return 0;
    }
    for (const letter of word.slice(1)) {
      let option = SET_OPTIONS.find((known) => known[1] === letter)?.[0];
      if (letter === "o") {
        option = args[++i];
        if (option === undefined) {
          const line = word.startsWith("-") ? listed : listedAsSet;
          for (const name of SET_NAMES) state.out(line(name, state.options.has(name)));
          return 0;
        }
        if (!SET_NAMES.includes(option)) return state.complain(`set: ${option}: invalid option name`, 2);
      }
      if (option === undefined) {
        const status = state.complain(`set: ${word[0]}${letter}: invalid option`, 2);
        if (state.naming.kind === "ash") return status;
        state.err("set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n");
        return 2;
      }
      if (word.startsWith("-")) state.options.add(option);
      else state.options.delete(option);
    }
  }
  return 0;
}

function shopt(state: ShellState, args: readonly string[]): number {
  let i = 0;
  const letters = new Set<string>();
  for (; /^-./.test(args[i] ?? ""); i++) {
    if (args[i] === "--") {
      i++;
      break;
    }
    for (const letter of args[i]!.slice(1)) {
      if (!"pqsuo".includes(letter)) {
        state.complain(`shopt: -${letter}: invalid option`);
        state.err("shopt: usage: shopt [-pqsu] [-o] [optname ...]\n");
        return 2;
      }
      letters.add(letter);
    }
  }
  const [turnsOn, turnsOff] = [letters.has("s"), letters.has("u")];
  if (turnsOn && turnsOff) return state.complain("shopt: cannot set and unset shell options simultaneously");
  const ofSet = letters.has("o");
  const known = ofSet ? SET_NAMES : SHOPT_OPTIONS;
  const options = ofSet ? state.options : state.shellOptions;
  const show = (name: string): void => {
    if (letters.has("q")) return;
    const line = letters.has("p") ? (ofSet ? listedAsSet : listedAsShopt) : listed;
    state.out(line(name, options.has(name)));
  };
  const names = args.slice(i);
  if (names.length === 0) {
    for (const name of known) if (turnsOn === turnsOff || options.has(name) === turnsOn) show(name);
    return 0;
  }
  let status = 0;
  for (const name of names) {
    if (!known.includes(name))
      status = state.complain(`shopt: ${name}: invalid ${ofSet ? "" : "shell "}option name`);
    else if (turnsOn) options.add(name);
    else if (turnsOff) options.delete(name);
    else {
      show(name);
      if (!options.has(name)) status = 1;
    }
  }
  return status;
}

export const optionBuiltins: Builtins = { set, shopt };
