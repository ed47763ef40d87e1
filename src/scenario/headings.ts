const HEADING = /^#{1,6} +(.*)$/;

/** The headings among lines of Markdown, without their marks. */
export function headingsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => HEADING.exec(line)?.[1] ?? []);
}
