import ts from 'typescript';

/** Where a source names a strategy: the line and what stands there. */
export interface Naming {
  readonly line: number;
  readonly text: string;
}

/**
 * Finds names of strategies in a TypeScript source; comments are left out. Three things count: a literal that is a
 * name, a comparison of something called strategy with a literal, and a name of several words anywhere in a literal or
 * an identifier, in any spelling (blue-green, Blue green, blueGreen). A name of one word may be a word of the field
 * elsewhere: the Service of a canary has no other name.
 */
export function namings(source: string, names: readonly string[]): readonly Naming[] {
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
  const found: Naming[] = [];
  const visit = (node: ts.Node): void => {
    if (isNaming(node, names))
      found.push({ line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, text: node.getText() });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function isNaming(node: ts.Node, names: readonly string[]): boolean {
  if (ts.isBinaryExpression(node)) return comparesStrategy(node);
  if (isText(node)) return names.includes(node.text.toLowerCase()) || holdsLongName(node.text, names);
  return ts.isIdentifier(node) && holdsLongName(node.text, names);
}

type Text = ts.StringLiteralLike | ts.TemplateHead | ts.TemplateMiddle | ts.TemplateTail;

function isText(node: ts.Node): node is Text {
  return (
    ts.isStringLiteralLike(node) ||
    node.kind === ts.SyntaxKind.TemplateHead ||
    node.kind === ts.SyntaxKind.TemplateMiddle ||
    node.kind === ts.SyntaxKind.TemplateTail
  );
}

const EQUALITY = [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken];

function comparesStrategy({ left, right, operatorToken }: ts.BinaryExpression): boolean {
  const sides = [left, right];
  return (
    EQUALITY.includes(operatorToken.kind) &&
    sides.some((side) => /strategy$/i.test(side.getText())) &&
    sides.some((side) => ts.isStringLiteralLike(side) && side.text !== 'unknown')
  );
}

const flat = (text: string): string => text.toLowerCase().replaceAll(/[-_ ]/g, '');

function holdsLongName(text: string, names: readonly string[]): boolean {
  return names.some((name) => name.includes('-') && flat(text).includes(flat(name)));
}
