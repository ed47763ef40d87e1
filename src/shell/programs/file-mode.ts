import type { FileStat } from "../file-system.ts";

/** `drwxr-xr-x`: what a file is and who may do what with it, with the bits that change whose rights a program has. */
export function modeText({ kind, mode }: Pick<FileStat, "kind" | "mode">): string {
  const letter = kind === "directory" ? "d" : kind === "symlink" ? "l" : "-";
  const special = [
    [0o4000, "s"],
    [0o2000, "s"],
    [0o1000, "t"],
  ] as const;
  const threes = special.map(([bit, mark], at) => {
    const three = (mode >> (6 - 3 * at)) & 7;
    const runs = three & 1;
    const last = (mode & bit) === 0 ? (runs ? "x" : "-") : runs ? mark : mark.toUpperCase();
    return `${three & 4 ? "r" : "-"}${three & 2 ? "w" : "-"}${last}`;
  });
  return letter + threes.join("");
}
