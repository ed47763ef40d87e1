import { XtProblem } from "./xt-problem.ts";

/** The words of a saved rule: blanks separate them, double quotes keep them together, a backslash quotes (add_param_to_argv). */
export function splitLine(line: string): string[] {
  const words: string[] = [];
  let word = "";
  let open = false;
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (open && char === "\\" && i + 1 < line.length) word += line[++i];
    else if (char === '"') {
      if (open) {
        words.push(word);
        word = "";
      }
      quoted = open;
      open = !open;
    } else if (!open && /[ \t\n]/.test(char)) {
      if (word !== "") words.push(word);
      word = "";
    } else word += char;
    if (word.length >= 1024) throw new XtProblem("Parameter too long!");
  }
  if (word !== "" || (quoted && open)) words.push(word);
  return words;
}
