/**
 * Tests only: which words the sources ask for. Reads `t('key')`, `word('ns:key')`, `i18nKey="…"` and every other string
 * of the form `namespace:key`; a template's `${…}` stands for any part of a key.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export interface AskedWord {
  readonly file: string;
  /** With the namespaces it may be in: a file can speak several. */
  readonly patterns: readonly RegExp[];
  readonly text: string;
}

const HOLE = '\u0000';

/** `namespaces`: those there are; others before a colon mean something else. */
export function askedWords(folder: string, namespaces: readonly string[]): AskedWord[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => ({ file, source: parse(path.join(folder, file)) }));
  const spoken = new Map(files.map(({ file, source }) => [file, namespacesIn(source)]));
  return files.flatMap(({ file, source }) => {
    const own = spoken.get(file)!;
    // Helpers that are handed a `t` speak the namespaces of their folder.
    const near = files.filter((other) => path.dirname(other.file) === path.dirname(file));
    const inFile = own.length > 0 ? own : near.flatMap((other) => spoken.get(other.file)!);
    return keysIn(source, namespaces).map((text) => ({
      file,
      text: text.replaceAll(HOLE, '…'),
      patterns: (text.includes(':') ? [text] : inFile.map((namespace) => `${namespace}:${text}`)).map(patternOf),
    }));
  });
}

function parse(file: string): ts.SourceFile {
  const kind = file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false, kind);
}

function namespacesIn(source: ts.SourceFile): string[] {
  const found: string[] = [];
  walk(source, (node) => {
    if (ts.isCallExpression(node) && calleeOf(node) === 'useTranslation' && node.arguments[0])
      found.push(...stringsOf(node.arguments[0]));
  });
  return found;
}

function keysIn(source: ts.SourceFile, namespaces: readonly string[]): string[] {
  const found: string[] = [];
  walk(source, (node) => {
    if (ts.isCallExpression(node) && ['t', 'word'].includes(calleeOf(node)) && node.arguments[0])
      found.push(...stringsOf(node.arguments[0]).filter((text) => !text.includes(':')));
    const text = textOf(node);
    if (text !== null && /^\w+:\S+$/.test(text) && namespaces.includes(text.split(':')[0]!)) found.push(text);
  });
  return found;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function calleeOf({ expression }: ts.CallExpression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}

/** The texts an expression can be, as far as they are written there. */
function stringsOf(node: ts.Expression): string[] {
  if (ts.isConditionalExpression(node)) return [...stringsOf(node.whenTrue), ...stringsOf(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return stringsOf(node.expression);
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(stringsOf);
  const text = textOf(node);
  return text === null ? [] : [text];
}

function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.templateSpans.reduce((text, span) => text + HOLE + span.literal.text, node.head.text);
}

function patternOf(text: string): RegExp {
  const source = text.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&').replaceAll(HOLE, '.+');
  return new RegExp(`^${source}(_zero|_one|_other)?$`);
}
