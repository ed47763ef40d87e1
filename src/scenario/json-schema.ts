import { expectBlockJsonSchema } from "./expect-block.ts";
import { frontMatterJsonSchema } from "./front-matter.ts";

/** The dialect is said once, at the top. */
function withoutDialect({ $schema, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

/**
 * JSON Schema of what YAML a lesson holds: the front matter, and under `$defs/expect` a block of claims. Made from the
 * very schemas that the parser uses.
 */
export function lessonJsonSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "overmesh lesson",
    $ref: "#/$defs/frontMatter",
    $defs: {
      frontMatter: withoutDialect(frontMatterJsonSchema()),
      expect: withoutDialect(expectBlockJsonSchema()),
    },
  };
}
