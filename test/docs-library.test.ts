import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { runExample } from "./helpers/run-example.ts";

const root = join(import.meta.dirname, "..");
const index = join(root, "src/index.ts");
const page = readFileSync(join(root, "docs/library.md"), "utf8");
const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);

/** What the library exports, and the examples of its pages as files of the same program. */
const program = makeProgram();
const checker = program.getTypeChecker();

function makeProgram(): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
    paths: { overmesh: [index] },
  };
  const readme = /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(root, "README.md"), "utf8"))![1]!;
  const files = new Map([...examples, readme].map((text, n) => [join(root, `test/example-${n}.ts`), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version);
  };
  return ts.createProgram([index, ...files.keys()], options, host);
}

function exportsOf(): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(index)!)!;
  return checker
    .getExportsOfModule(module)
    .map((symbol) =>
      (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol),
    );
}

function isDocumented(symbol: ts.Symbol): boolean {
  return symbol.getDocumentationComment(checker).length > 0;
}

/** The members of what is made of members: interfaces, classes, and types that are written as an object. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  if (symbol.name === "Operation") return []; // a union of some thirty kinds, each with the words of its command
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return type
    .getProperties()
    .filter((member) => member.declarations?.some((node) => !node.getSourceFile().isDeclarationFile));
}

describe("what the library exports", () => {
  test("every name has a doc comment, and so has every member", () => {
    const bare = exportsOf().flatMap((symbol) => [
      ...(isDocumented(symbol) ? [] : [symbol.name]),
      ...membersOf(symbol)
        .filter((member) => !isDocumented(member))
        .map((member) => `${symbol.name}.${member.name}`),
    ]);
    expect(bare).toEqual([]);
  });

  test("is these names and no others", () => {
    expect(exportsOf().map((symbol) => symbol.name)).toMatchInlineSnapshot(`
      [
        "Place",
        "UserError",
        "Balance",
        "DaemonError",
        "ImageContents",
        "ImageProgram",
        "ImageProgramContext",
        "ImageSpec",
        "ServerOptions",
        "webServer",
        "IpamDriver",
        "IpamPool",
        "PoolRequest",
        "DriverEndpoint",
        "DriverNetwork",
        "JoinInfo",
        "NetworkDriver",
        "AddressEntry",
        "Counters",
        "FdbEntry",
        "LinkEntry",
        "NeighbourEntry",
        "RouteEntry",
        "RuleEntry",
        "lab",
        "Decision",
        "Drop",
        "Host",
        "Journey",
        "Lab",
        "LabDescription",
        "LabOptions",
        "LessonOutcome",
        "RunResult",
        "SentJourney",
        "Step",
        "Operation",
        "EntryHistory",
        "EntryHistoryEvent",
        "CpuText",
        "HostText",
        "NicText",
        "WireText",
        "FrameRequest",
        "PacketRequest",
        "Nanos",
        "MICROSECOND",
        "MILLISECOND",
        "SECOND",
      ]
    `);
  });

  test("every call of a lab and every key of a journey is told of in docs/library.md", () => {
    const untold = exportsOf()
      .filter((symbol) => ["Lab", "Host", "SentJourney", "PacketRequest", "LabOptions"].includes(symbol.name))
      .flatMap((symbol) => membersOf(symbol))
      .map((member) => member.name)
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(page));
    expect(untold).toEqual([]);
  });
});

describe("docs/library.md", () => {
  test("its examples are of the right types", () => {
    const files = program.getSourceFiles().filter((file) => /example-\d+\.ts$/.test(file.fileName));
    expect(files).toHaveLength(examples.length + 1);
    const problems = files.flatMap((file) =>
      [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
        ({ messageText, start = 0 }) =>
          `${ts.flattenDiagnosticMessageText(messageText, "\n")}: ${file.text.slice(start, start + 40)}`,
      ),
    );
    expect(problems).toEqual([]);
  });

  test.each(examples.map((source, n) => [n + 1, source] as const))(
    "its example %i runs",
    async (_n, source) => {
      await runExample(source);
    },
  );
});
