import { applyEdits, findNodeAtLocation, modify, parseTree, stripComments, type Edit, type Node } from 'jsonc-parser';

const BOM = '\ufeff';
type Path = readonly string[];

/**
 * JSON text with one value set, or removed if it is undefined. Everything else stays as it is, byte for byte. The
 * library's own insertion would format the lines beside the new one. Every existing value above it must be an object.
 */
export function withValue(text: string, path: Path, value: unknown): string {
  const mark = text.startsWith(BOM) ? BOM : '';
  const bare = text.slice(mark.length);
  const start = bare.trim() === '' ? '{\n}\n' : bare;
  return mark + applyEdits(start, editsOf(start, path, value));
}

/** The text of one value as it stands there, with its comments. Undefined if there is none. */
export function sourceOf(text: string, path: Path): string | undefined {
  const bare = withoutMark(text);
  const node = nodeIn(bare, path);
  return node && bare.slice(node.offset, node.offset + node.length);
}

/** JSON text with the text of one value replaced. Without such a value it stays as it is. */
export function withSource(text: string, path: Path, source: string): string {
  const bare = withoutMark(text);
  const node = nodeIn(bare, path);
  if (!node) return text;
  const mark = text.slice(0, text.length - bare.length);
  return mark + bare.slice(0, node.offset) + source + bare.slice(node.offset + node.length);
}

function nodeIn(bare: string, path: Path): Node | undefined {
  const root = parseTree(bare, [], { allowTrailingComma: true });
  return root && findNodeAtLocation(root, [...path]);
}

function withoutMark(text: string): string {
  return text.startsWith(BOM) ? text.slice(BOM.length) : text;
}

function editsOf(text: string, path: Path, value: unknown): Edit[] {
  if (value === undefined) return modify(text, [...path], undefined, {});
  const root = parseTree(text, [], { allowTrailingComma: true }) as Node;
  const style = styleOf(text);
  const known = path.findIndex((_, index) => !findNodeAtLocation(root, path.slice(0, index + 1)));
  if (known >= 0)
    return insertion(text, nodeAt(root, path.slice(0, known)), path.slice(known), value, style, known + 1);
  const { offset, length } = nodeAt(root, path);
  return [{ offset, length, content: printed(value, path.length, style) }];
}

/** The new property comes last, after the comments of the one before it. */
function insertion(text: string, parent: Node, path: Path, value: unknown, style: Style, depth: number): Edit[] {
  const close = parent.offset + parent.length - 1;
  const end = text.slice(0, close).trimEnd().length;
  const last = parent.children?.at(-1);
  const after = last ? last.offset + last.length : close;
  const needsComma = last !== undefined && !stripComments(text.slice(after, close)).includes(',');
  const [key = '', ...inner] = path;
  const nested = inner.reduceRight<unknown>((one, name) => ({ [name]: one }), value);
  const property = `${lineBreak(style, depth)}${JSON.stringify(key)}:${style.unit && ' '}${printed(nested, depth, style)}`;
  const closing = text.slice(end, close).includes('\n') ? '' : lineBreak(style, depth - 1);
  return [
    ...(needsComma ? [{ offset: after, length: 0, content: ',' }] : []),
    { offset: end, length: 0, content: property + closing },
  ];
}

function nodeAt(root: Node, path: Path): Node {
  return findNodeAtLocation(root, [...path]) as Node;
}

/** `unit`: one step of indentation. It is empty for a text on one line, which stays on one line. */
interface Style {
  readonly unit: string;
  readonly eol: string;
}

function styleOf(text: string): Style {
  if (!text.trimEnd().includes('\n')) return { unit: '', eol: '' };
  return { unit: /^([ \t]+)["/]/m.exec(text)?.[1] ?? '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function lineBreak({ unit, eol }: Style, depth: number): string {
  return eol + unit.repeat(depth);
}

function printed(value: unknown, depth: number, style: Style): string {
  return JSON.stringify(value, null, style.unit).replaceAll('\n', lineBreak(style, depth));
}
