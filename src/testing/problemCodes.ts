/**
 * Tests only: the codes of problems that can reach the page. Reads the sources that the page imports, from `src` into core:
 * `code: '…'`, what is handed to a parameter named `code`, and types of such; a template's `${…}` stands for any part.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface ProblemCode {
  /** With `…` for the parts that are not written there. */
  readonly code: string;
  /** Relative to the repository. */
  readonly file: string;
}

const HOLE = '…';
const CODE = /^[a-z0-9…]+(-[a-z0-9…]+)*$/;

/** `root`: of the repository. Each code once, with the first file that has it. */
export function problemCodes(root: string): ProblemCode[] {
  const sources = sourcesOfPage(root);
  const takers = new Map<string, number>();
  const constants = new Map<string, string>();
  for (const source of sources.values())
    walk(source, (node) => {
      if (isNamedFunction(node)) {
        const at = node.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === 'code');
        if (at >= 0 && node.name) takers.set(node.name.getText(source), at);
      }
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer)
        if (ts.isStringLiteral(node.initializer)) constants.set(node.name.text, node.initializer.text);
    });
  const found = new Map<string, string>();
  for (const [file, source] of sources)
    walk(source, (node) => {
      for (const code of codesAt(node, takers, constants))
        if (CODE.test(code) && !found.has(code)) found.set(code, path.relative(root, file));
    });
  return [...found].map(([code, file]) => ({ code, file })).sort((a, b) => a.code.localeCompare(b.code));
}

function codesAt(
  node: ts.Node,
  takers: ReadonlyMap<string, number>,
  constants: ReadonlyMap<string, string>,
): readonly string[] {
  if (ts.isPropertyAssignment(node) && isCode(node.name)) return textsOf(node.initializer, constants);
  if ((ts.isPropertySignature(node) || ts.isParameter(node)) && isCode(node.name) && node.type)
    return literalsOf(node.type);
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return [];
  const given = node.arguments[takers.get(node.expression.text) ?? -1];
  return given ? textsOf(given, constants) : [];
}

function isCode(name: ts.Node): boolean {
  return ts.isIdentifier(name) && name.text === 'code';
}

function isNamedFunction(node: ts.Node): node is ts.FunctionDeclaration {
  return ts.isFunctionDeclaration(node);
}

function textsOf(node: ts.Expression, constants: ReadonlyMap<string, string>): string[] {
  if (ts.isConditionalExpression(node))
    return [...textsOf(node.whenTrue, constants), ...textsOf(node.whenFalse, constants)];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (ts.isIdentifier(node)) return [constants.get(node.text) ?? []].flat();
  if (!ts.isTemplateExpression(node)) return [];
  return [node.templateSpans.reduce((text, span) => text + HOLE + span.literal.text, node.head.text)];
}

function literalsOf(type: ts.TypeNode): string[] {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(literalsOf);
  return ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal) ? [type.literal.text] : [];
}

/** The studio's own sources and what they import of core, by path. */
function sourcesOfPage(root: string): ReadonlyMap<string, ts.SourceFile> {
  const sources = new Map<string, ts.SourceFile>();
  const read = (file: string) => {
    if (sources.has(file) || !existsSync(file)) return;
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
    sources.set(file, source);
    walk(source, (node) => {
      const imported = importedBy(node);
      if (imported?.startsWith('@agentiad/core/'))
        read(path.join(root, 'packages/core/src', imported.slice('@agentiad/core/'.length)));
      else if (imported?.startsWith('.')) read(path.resolve(path.dirname(file), imported));
    });
  };
  const own = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  for (const file of own)
    if (/\.tsx?$/.test(file) && !/\.test\.tsx?$|\.d\.ts$|^testing\//.test(file)) read(path.join(root, 'src', file));
  return sources;
}

/** What is run, not what only gives types. */
function importedBy(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return null;
  if (ts.isExportDeclaration(node) && node.isTypeOnly) return null;
  if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier)
    return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : null;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [from] = node.arguments;
    return from && ts.isStringLiteral(from) ? from.text : null;
  }
  return null;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}
