import { Lab } from "../../src/lab/lab.ts";
import { type FrontMatterText, parseFrontMatter } from "../../src/scenario/front-matter.ts";
import { LabWorld, type LabWorldOptions } from "../../src/scenario/lab-world.ts";

/** A world with shells under a description, for tests that look into the engine. Not recorded unless asked for. */
export function labWorld(
  text: Omit<FrontMatterText, "title">,
  options: LabWorldOptions = { record: false },
  seed = 1,
): LabWorld {
  const source = { file: "test", text: JSON.stringify({ title: "test", ...text }), firstLine: 1 };
  const parsed = parseFrontMatter(source);
  if (!parsed.ok) throw parsed.errors[0]!;
  return new LabWorld(new Lab(parsed.value.topology, { seed }), options);
}
