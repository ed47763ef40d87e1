/** A template that cannot be read or evaluated; the message is Go's: `template: :1: unexpected EOF`. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  /** What was written before it failed. */
  written = "";
}
