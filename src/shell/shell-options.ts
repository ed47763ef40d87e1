/** The options of `set -o` in bash 5.2, by name, with the letter of `set` and of `$-` where there is one. */
export const SET_OPTIONS: readonly (readonly [name: string, letter: string])[] = [
  ["allexport", "a"],
  ["braceexpand", "B"],
  ["emacs", ""],
  ["errexit", "e"],
  ["errtrace", "E"],
  ["functrace", "T"],
  ["hashall", "h"],
  ["histexpand", "H"],
  ["history", ""],
  ["ignoreeof", ""],
  ["interactive-comments", ""],
  ["keyword", "k"],
  ["monitor", "m"],
  ["noclobber", "C"],
  ["noexec", "n"],
  ["noglob", "f"],
  ["nolog", ""],
  ["notify", "b"],
  ["nounset", "u"],
  ["onecmd", "t"],
  ["physical", "P"],
  ["pipefail", ""],
  ["posix", ""],
  ["privileged", "p"],
  ["verbose", "v"],
  ["vi", ""],
  ["xtrace", "x"],
];

/** What is on in a shell that has just started. */
export const SET_AT_START: readonly string[] = ["braceexpand", "hashall", "interactive-comments"];

/** The order in which `$-` has the letters. */
const LETTERS = "abefhikmnptuvxBCEHPT";

/** The letters of the options that are on, as `$-` has them; "interactive" is no option of `set`, but has a letter. */
export function lettersOf(options: ReadonlySet<string>): string {
  const on = SET_OPTIONS.filter(([name]) => options.has(name)).map(([, letter]) => letter);
  if (options.has("interactive")) on.push("i");
  return [...LETTERS].filter((letter) => on.includes(letter)).join("");
}

/** The options of `shopt` in bash 5.2. */
export const SHOPT_OPTIONS: readonly string[] = (
  "autocd assoc_expand_once cdable_vars cdspell checkhash checkjobs checkwinsize cmdhist compat31 compat32 compat40 " +
  "compat41 compat42 compat43 compat44 complete_fullquote direxpand dirspell dotglob execfail expand_aliases extdebug " +
  "extglob extquote failglob force_fignore globasciiranges globskipdots globstar gnu_errfmt histappend histreedit " +
  "histverify hostcomplete huponexit inherit_errexit interactive_comments lastpipe lithist localvar_inherit " +
  "localvar_unset login_shell mailwarn no_empty_cmd_completion nocaseglob nocasematch noexpand_translation nullglob " +
  "patsub_replacement progcomp progcomp_alias promptvars restricted_shell shift_verbose sourcepath varredir_close xpg_echo"
).split(" ");

export const SHOPT_AT_START: readonly string[] = (
  "checkwinsize cmdhist complete_fullquote extquote force_fignore globasciiranges globskipdots hostcomplete " +
  "interactive_comments patsub_replacement progcomp promptvars sourcepath"
).split(" ");
