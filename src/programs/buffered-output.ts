import type { ProgramContext } from "./program-context.ts";

/** A context whose standard output has a buffer, as a C program's has. */
export interface BufferedContext extends ProgramContext {
  /** Writes to the buffer: the text goes out with whatever is written next, and is lost with a program that is killed. */
  hold(text: string): void;
  /** Writes out what waits, as a program does that ends of its own accord. */
  flush(): void;
}

/** Gives a program a buffer; on a terminal nothing waits in it. */
export function buffered(context: ProgramContext): BufferedContext {
  let held = "";
  const flush = (): void => {
    if (held !== "") context.out(held);
    held = "";
  };
  return {
    ...context,
    out(text: string): void {
      held += text;
      flush();
    },
    err(text: string): void {
      flush();
      context.err(text);
    },
    hold(text: string): void {
      held += text;
      if (context.terminal) flush();
    },
    flush,
  };
}
