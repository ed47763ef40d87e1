import type { XtExtension } from "./extension.ts";

export const traceTarget: XtExtension = {
  name: "TRACE",
  options: [],
  make: () => ({ name: "TRACE" }),
  save: () => "",
  list: () => null,
};
