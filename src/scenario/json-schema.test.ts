import { expect, test } from "vitest";
import { lessonJsonSchema } from "./json-schema.ts";

// Writes the file as well: npx vitest run src/scenario/json-schema.test.ts -u
test("docs/lesson.schema.json is what the parser's schemas give", async () => {
  const text = `${JSON.stringify(lessonJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot("../../docs/lesson.schema.json");
});

test("the schema knows every kind of claim and refuses unknown keys", () => {
  const schema = JSON.stringify(lessonJsonSchema());
  for (const key of [
    "journey",
    "counters",
    "entry",
    "frames",
    "hosts",
    "switches",
    "routers",
    "wires",
    "needs",
    "real",
  ]) {
    expect(schema).toContain(`"${key}":{`);
  }
  expect(schema).toContain('"additionalProperties":false');
  expect(schema).toContain('"maxProperties":1');
});
