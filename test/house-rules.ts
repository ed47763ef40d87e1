import ts from "typescript";

/** A file of the project: its path from the top of the repository, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const trees: WeakMap<SourceFile, ts.SourceFile> = new WeakMap();

/** The syntax of a file; it is read once. */
export function treeOf(file: SourceFile): ts.SourceFile {
  const known = trees.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ES2022, true);
  trees.set(file, tree);
  return tree;
}

/** The rooms of `src/`, floor by floor: a room may import only rooms of lower floors. */
export const FLOORS: readonly (readonly string[])[] = [
  ["base"],
  ["wire", "control"],
  ["sim"],
  ["net", "capture"],
  ["link", "bridge", "vxlan", "netfilter", "ipvs", "underlay"],
  ["operations", "programs"],
  ["docker"],
  ["swarm"],
  ["lab"],
  ["compose"],
  ["shell"],
  ["scenario"],
  ["library"],
  ["index.ts"],
  ["vitest", "cli"],
];

/** Which rooms may import which package; what is missing here, no room may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: ["compose", "scenario", "cli"],
  yaml: ["compose", "scenario", "cli"],
  "just-bash": ["shell"],
  commander: ["cli"],
  picocolors: ["cli"],
  vitest: ["vitest"],
};

/** Packages that cost too much at start: only `await import(...)` and `import type` may name them. */
const LAZY_PACKAGES = ["just-bash"];

const NODE_GLOBALS = new Set([
  "process",
  "Buffer",
  "console",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "queueMicrotask",
  "performance",
  "structuredClone",
  "globalThis",
  "global",
  "require",
  "__dirname",
  "__filename",
  "fetch",
  "crypto",
]);

const MAX_LINES = 500;
const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.config|\.engine)?\.(ts|js|mjs|json|md|sh|svg|c|py)$/;

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** `src/net/arp.ts` lies in the room `net`; `src/index.ts` is a room of its own; outside `src/` there are none. */
function roomOf(path: string): string | null {
  const parts = path.split("/");
  return parts[0] === "src" && parts.length > 1 ? parts[1]! : null;
}

interface Import {
  readonly specifier: string;
  readonly line: number;
  /** `import("x")` or a type: it costs nothing until it is used. */
  readonly lazy: boolean;
}

function lineAt(file: ts.SourceFile, node: ts.Node): number {
  return file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
}

function importsOf(file: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const lazy = node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      found.push({ specifier: node.moduleSpecifier.text, line: lineAt(file, node), lazy });
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ specifier: node.moduleSpecifier.text, line: lineAt(file, node), lazy: node.isTypeOnly });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const target = node.arguments[0];
      const specifier = target && ts.isStringLiteralLike(target) ? target.text : "(computed)";
      found.push({ specifier, line: lineAt(file, node), lazy: true });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const literal = node.argument.literal;
      if (ts.isStringLiteral(literal))
        found.push({ specifier: literal.text, line: lineAt(file, node), lazy: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The path from the repository's top that a relative import means. */
export function resolve(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
}

function importViolation(path: string, room: string, use: Import): string | null {
  const { specifier } = use;
  const test = isTest(path);
  if (specifier === "(computed)") return "imports a computed name, which no rule can check";
  if (specifier.startsWith(".")) {
    const target = resolve(path, specifier);
    const targetRoom = roomOf(target);
    if (targetRoom === null) return test ? null : `imports ${specifier}, which lies outside src/`;
    if (targetRoom === room) return null;
    if (floorOf(targetRoom) < 0)
      return `imports ${specifier}, and "${targetRoom}" is no room of test/house-rules.ts`;
    if (floorOf(targetRoom) < floorOf(room)) return null;
    const allowed = FLOORS.slice(0, floorOf(room)).flat().join(", ") || "nothing";
    return `imports ${specifier}: room ${room} (floor ${floorOf(room)}) may import only ${allowed}`;
  }
  if (specifier.startsWith("node:")) {
    return test || room === "cli" ? null : `imports ${specifier}: only cli may import Node's modules`;
  }
  const name = packageOf(specifier);
  if (test && (name === "vitest" || name === "fast-check")) return null;
  const rooms = PACKAGES[name];
  if (rooms === undefined) return `imports the package ${name}, which no room may import`;
  if (!rooms.includes(room)) return `imports the package ${name}: only ${rooms.join(", ")} may`;
  if (LAZY_PACKAGES.includes(name) && !use.lazy && !test) {
    return `imports the package ${name} at start: use "import type" or "await import()"`;
  }
  return null;
}

/** Names that the file itself binds: a parameter called `process` is nobody's global. */
function boundNames(file: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isNamespaceImport(node) ||
      ts.isImportClause(node);
    if (declares && node.name && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names;
}

/** True where an identifier is only a label: `x.process`, `{ process: 1 }`, a member's name, a type's member. */
function isLabel(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return "name" in parent && parent.name === node;
}

function bannedIn(file: ts.SourceFile, path: string, room: string | null): string[] {
  const problems: string[] = [];
  const bound = boundNames(file);
  const engine = room !== null && room !== "cli" && !isTest(path);
  const visit = (node: ts.Node): void => {
    const say = (what: string): void => {
      problems.push(`${path}:${lineAt(file, node)} ${what}`);
    };
    if (ts.isExportDeclaration(node) && node.exportClause === undefined) {
      say("uses export *: write the names out");
    } else if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const name = `${node.expression.text}.${node.name.text}`;
      if (name === "Date.now") say("uses Date.now: time is virtual, ask the event queue");
      if (name === "Math.random") say("uses Math.random: chance comes from a fork of the seeded generator");
    } else if (
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "Date"
    ) {
      if ((node.arguments?.length ?? 0) === 0) say("uses new Date() without an argument: time is virtual");
    }
    if (
      engine &&
      ts.isIdentifier(node) &&
      NODE_GLOBALS.has(node.text) &&
      !bound.has(node.text) &&
      !isLabel(node)
    ) {
      say(`uses the global ${node.text}: below the roof there is neither Node nor a browser`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return problems;
}

/**
 * Every violation of the rules of the house in `files`, one readable line each.
 * Rules: imports go only down the floors; packages stay in their rooms; `node:` and Node's globals stay in `cli`;
 * no `Date.now`, `Math.random`, `export *`; no file over 500 lines; file names in lower case with dashes.
 * Benches measure real time, so `bench/` may ask the clock.
 */
export function houseViolations(files: readonly SourceFile[]): string[] {
  const problems: string[] = [];
  for (const source of files) {
    const { path, text } = source;
    const name = path.split("/").at(-1)!;
    const upperByCustom = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"];
    if (!FILE_NAME.test(name) && !upperByCustom.includes(name)) {
      problems.push(`${path} is no file name in lower case with dashes`);
    }
    if (!/\.(ts|js|mjs)$/.test(name)) continue;
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    if (lines > MAX_LINES) problems.push(`${path} has ${lines} lines: split it (at most ${MAX_LINES})`);
    const file = treeOf(source);
    const room = roomOf(path);
    if (room !== null && floorOf(room) < 0) {
      problems.push(`${path} lies in "${room}", which is no room of test/house-rules.ts`);
      continue;
    }
    if (room !== null) {
      for (const use of importsOf(file)) {
        const problem = importViolation(path, room, use);
        if (problem !== null) problems.push(`${path}:${use.line} ${problem}`);
      }
    }
    if (!path.startsWith("bench/")) problems.push(...bannedIn(file, path, room));
  }
  return problems;
}
