/** How a report stresses its words; on a pipe or with NO_COLOR each of these gives its text back. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  green(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

const same = (text: string): string => text;

/** No colours at all. */
export const PLAIN: Paint = { bold: same, dim: same, green: same, red: same, yellow: same, cyan: same };
