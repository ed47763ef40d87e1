import ts from "typescript";
import { resolve, type SourceFile, treeOf } from "./house-rules.ts";

/** The names by which a file says what it takes from another: `path#name`, or `path#*` for all of it. */
type Uses = Set<string>;

/** Rooms being built, whose contracts stand before anybody keeps them. A room that is finished leaves this list. */
const BEING_BUILT = ["src/control/", "src/swarm/", "src/compose/"];

/** The source that an import means: benches run the built files, which are written from the sources of the same name. */
function sourceOf(from: string, specifier: string): string {
  return resolve(from, specifier).replace(/^dist\/(.*)\.js$/, "src/$1.ts");
}

/** Enters what `import * as alias` is used for: each `alias.name`, or all where the alias itself is handed on. */
function enterNamespace(file: ts.SourceFile, alias: string, target: string, uses: Uses): void {
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && node.text === alias && !ts.isNamespaceImport(node.parent)) {
      const { parent } = node;
      if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
        uses.add(`${target}#${parent.name.text}`);
      } else if (ts.isQualifiedName(parent) && parent.left === node) {
        uses.add(`${target}#${parent.right.text}`);
      } else if (!ts.isPropertyAccessExpression(parent) && !ts.isQualifiedName(parent)) {
        uses.add(`${target}#*`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

function enterUses(file: ts.SourceFile, path: string, uses: Uses): void {
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const target = sourceOf(path, node.moduleSpecifier.text);
      const named = node.importClause?.namedBindings;
      if (named && ts.isNamespaceImport(named)) enterNamespace(file, named.name.text, target, uses);
      else
        for (const one of named?.elements ?? []) uses.add(`${target}#${(one.propertyName ?? one.name).text}`);
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      node.exportClause &&
      ts.isNamedExports(node.exportClause)
    ) {
      const target = sourceOf(path, node.moduleSpecifier.text);
      for (const one of node.exportClause.elements) {
        uses.add(`${target}#${(one.propertyName ?? one.name).text}`);
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (specifier && ts.isStringLiteralLike(specifier)) uses.add(`${sourceOf(path, specifier.text)}#*`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

/** The names that a file's own declarations export. */
function exportedNames(file: ts.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some((word) => word.kind === ts.SyntaxKind.ExportKeyword)) return [];
    const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement];
    return declared.flatMap((one) => {
      const name = ts.getNameOfDeclaration(one as ts.Declaration);
      return name && ts.isIdentifier(name) ? [name.text] : [];
    });
  });
}

/**
 * The names that `files` export and that no other of them imports, one readable line each. What `src/index.ts` hands
 * on counts as imported; rooms that are being built are left out.
 */
export function unusedExports(files: readonly SourceFile[]): string[] {
  const uses: Uses = new Set();
  const exported: { readonly path: string; readonly name: string }[] = [];
  for (const source of files) {
    const { path } = source;
    const file = treeOf(source);
    enterUses(file, path, uses);
    for (const name of exportedNames(file)) exported.push({ path, name });
  }
  return exported
    .filter(({ path }) => !BEING_BUILT.some((room) => path.startsWith(room)))
    .filter(({ path, name }) => !uses.has(`${path}#${name}`) && !uses.has(`${path}#*`))
    .map(({ path, name }) => `${path} exports ${name}, which no other file imports`);
}
