import { isMap, isScalar, isSeq, parseAllDocuments, type Document, type Scalar } from 'yaml';

/** What a field is looked for by. */
export interface FieldOf {
  /** `images[0].newTag`. If absent, the image of the container, or its entry in the images of a Kustomization. */
  readonly field?: string | undefined;
  readonly rollout: string;
  readonly container: string;
  /** The present image. */
  readonly image: string;
}

/** A text of a YAML file, with its place. */
export interface Field {
  readonly path: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
  readonly quote: '' | '"' | "'";
}

/** The field of a file that holds the image or its tag. A text result is the reason why no single one was found. */
export function findField(text: string, of: FieldOf): Field | string {
  const documents = parseAllDocuments(text);
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault) return `the file is no YAML: ${fault.message.slice(0, 200)}`;
  const paths = (document: Document) => (of.field === undefined ? pathsIn(document, of) : [segments(of.field)]);
  const found = documents.flatMap((document) => paths(document).flatMap((path) => fieldAt(text, document, path)));
  const [first, ...others] = found;
  if (!first) return of.field === undefined ? noImage(of) : `the file has no text at ${of.field}`;
  return others.length === 0 ? first : `the file has ${found.length} such fields: name one in \`field\``;
}

function noImage({ rollout, container, image }: FieldOf): string {
  return `the file has neither a Rollout ${rollout} with a container ${container} nor a Kustomization with an image ${splitImage(image).name}`;
}

/** The file with another value of the field. Everything else stays as it is, byte by byte. */
export function withValue(text: string, { start, end, quote }: Field, value: string): string {
  return `${text.slice(0, start)}${quote}${value}${quote}${text.slice(end)}`;
}

/** An image without its tag, and the tag. An image by digest has none. */
export function splitImage(image: string): { readonly name: string; readonly tag?: string } {
  const [, name = image, tag] = /^([^@]+):([\w][\w.-]{0,127})$/.exec(image) ?? [];
  return tag === undefined ? { name } : { name, tag };
}

type Path = readonly (string | number)[];

function segments(field: string): Path {
  return field.split('.').flatMap((part) => {
    const [name = '', ...indexes] = part.split(/\[(\d+)\]/).filter((one) => one !== '');
    return [...(/^\d+$/.test(name) && part.startsWith('[') ? [Number(name)] : [name]), ...indexes.map(Number)];
  });
}

function pathsIn(document: Document, { rollout, container, image }: FieldOf): readonly Path[] {
  const kind = document.getIn(['kind']);
  if (kind === 'Rollout' && document.getIn(['metadata', 'name']) === rollout) {
    const containers = ['spec', 'template', 'spec', 'containers'];
    return indexes(document, containers, (at) => document.getIn([...at, 'name']) === container, 'image');
  }
  if (kind !== undefined && kind !== 'Kustomization') return [];
  const { name } = splitImage(image);
  const isOurs = (at: Path) => [document.getIn([...at, 'newName']) ?? document.getIn([...at, 'name'])].includes(name);
  return indexes(document, ['images'], isOurs, 'newTag');
}

function indexes(document: Document, list: Path, isWanted: (at: Path) => boolean, field: string): readonly Path[] {
  const node = document.getIn(list);
  const all = isSeq(node) ? node.items.map((_, index) => [...list, index]) : [];
  return all.filter(isWanted).map((at) => [...at, field]);
}

/** Only a text of its own: an alias or a number would change more than one field, or the type of this one. */
function fieldAt(text: string, document: Document, path: Path): readonly Field[] {
  const parent = document.getIn(path.slice(0, -1));
  const node = isMap(parent) || isSeq(parent) ? parent.get(path.at(-1), true) : undefined;
  if (!isScalar(node) || !node.range || node.anchor !== undefined) return [];
  const [start, end] = node.range;
  const quote = quoteOf(node);
  const value = quote === undefined ? undefined : text.slice(start + quote.length, end - quote.length);
  if (quote === undefined || value === undefined || !/^[\w][\w.:/@-]*$/.test(value)) return [];
  return [{ path: shown(path), value, start, end, quote }];
}

function quoteOf({ type }: Scalar): Field['quote'] | undefined {
  return type === 'PLAIN' ? '' : type === 'QUOTE_DOUBLE' ? '"' : type === 'QUOTE_SINGLE' ? "'" : undefined;
}

function shown(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`))
    .join('');
}
