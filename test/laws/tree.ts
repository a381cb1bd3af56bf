/** The repository as the laws see it: paths and texts. A law is a function from a tree to the sentences that say where it is broken. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** Text by path from the root, with `/`. */
export type Tree = ReadonlyMap<string, string>;
export type Law = (tree: Tree) => readonly string[];

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache', 'crashers']);
const TEXTS = /(?:\.(?:ts|js|json|md|txt|ya?ml|html|css|sh|smtp|zone)|^[^.]+|\.ci\/run|\.npmrc|\.gitignore)$/;
export const ROOT = join(import.meta.dirname, '..', '..');

/** The tree of a folder on disk, without what is installed, built or cached. */
export function readTree(root: string = ROOT): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (SKIPPED.has(entry.name)) continue;
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && TEXTS.test(path)) tree.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  walk('');
  return tree;
}

/** A small tree written in a test. */
export const treeOf = (texts: Readonly<Record<string, string>>): Tree => new Map(Object.entries(texts));

export interface Import {
  /** As written, or for a relative one the path from the root. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const read = new Map<string, readonly Import[]>();

/** What a file imports, by declaration, re-export or `import()`. */
export function importsOf(path: string, text: string): readonly Import[] {
  const key = `${path}\0${text}`;
  const known = read.get(key) ?? parseImports(path, text);
  read.set(key, known);
  return known;
}

function parseImports(path: string, text: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const to = specifier.text.startsWith('.') ? join(dirname(path), specifier.text) : specifier.text;
    found.push({ to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const names = node.importClause?.namedBindings;
      const typeOnly =
        node.importClause?.isTypeOnly === true ||
        (node.importClause?.name === undefined &&
          names !== undefined &&
          ts.isNamedImports(names) &&
          names.elements.length > 0 &&
          names.elements.every((element) => element.isTypeOnly));
      add(node.moduleSpecifier, typeOnly);
    } else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

/** The source files that ship: under `src`, without tests. */
export function* sources(tree: Tree): Generator<readonly [path: string, text: string]> {
  for (const [path, text] of tree) {
    if (path.startsWith('src/') && path.endsWith('.ts') && !path.endsWith('.test.ts')) yield [path, text];
  }
}
