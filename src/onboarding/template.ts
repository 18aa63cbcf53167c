import { isMap, isScalar, parseAllDocuments, Scalar, visit, type Document, type Node } from 'yaml';
import { nearest } from '../contract/nearest.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Deployment } from '../domain/onboarding/deployment.ts';
import { envOf } from '../domain/onboarding/manifests/pod.ts';
import { yamlFault } from './yaml-fault.ts';

type Value = string | number | readonly object[];

/** The placeholders of a template, and what a deployment puts in their place. */
const PLACEHOLDERS: Readonly<Record<string, (deployment: Deployment) => Value>> = {
  DEPLOYMENT_NAME: ({ name }) => name,
  VERSION: ({ version }) => version,
  IMAGE: ({ image }) => image,
  NAMESPACE: ({ namespace }) => namespace,
  PORT: ({ port }) => port,
  REPLICAS: ({ replicas }) => replicas,
  CPU_REQUEST: ({ requests }) => requests.cpu,
  MEMORY_REQUEST: ({ requests }) => requests.memory,
  CPU_LIMIT: ({ limits }) => limits.cpu,
  MEMORY_LIMIT: ({ limits }) => limits.memory,
  ENV_VARS: envOf,
};
export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS);

const MARK = /\{\{\s*([^{}\n]{0,100}?)\s*\}\}/g;

/**
 * A YAML template with the values of a deployment. The template is parsed before a value is inserted, so a value is
 * always one scalar (or, for ENV_VARS, one list) and never syntax. A placeholder that is a whole plain scalar keeps the
 * type of its value; one in quotes or beside other text becomes text. Errors: TEMPLATE_INVALID.
 */
export function substitute(file: string, template: string, deployment: Deployment): string {
  const { body, ...tokens } = tokenised(file, template, JSON.stringify(deployment));
  const documents = [...parseAllDocuments(body, { merge: false })];
  for (const document of documents) fill(document, { file, ...tokens, deployment });
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('');
}

/** The words that stand for placeholders begin with `token`, and continue with an index of `names`. */
interface Tokens {
  readonly token: string;
  readonly names: readonly string[];
}

/**
 * Placeholders are replaced by words that YAML reads as plain text, because `{{` begins a map. The words occur neither
 * in the template nor in the values.
 */
function tokenised(file: string, template: string, values: string): Tokens & { readonly body: string } {
  let token = 'PLACEHOLDER';
  while (template.includes(token) || values.includes(token)) token += 'X';
  const names: string[] = [];
  const body = template.replace(MARK, (_, name: string) => {
    requireKnown(file, name);
    names.push(name);
    return `${token}${names.length - 1}E`;
  });
  return { body, token, names };
}

/** Errors: TEMPLATE_INVALID with the nearest name. */
function requireKnown(file: string, name: string): void {
  if (Object.hasOwn(PLACEHOLDERS, name)) return;
  const near = nearest(name, PLACEHOLDER_NAMES);
  const hint = near ? `did you mean ${near}?` : `known are ${PLACEHOLDER_NAMES.join(', ')}.`;
  throw invalid(file, `there is no placeholder {{${name}}}; ${hint}`);
}

interface Filling extends Tokens {
  readonly file: string;
  readonly deployment: Deployment;
}

/** Errors: TEMPLATE_INVALID. */
function fill(document: Document, filling: Filling): void {
  const [error] = document.errors;
  if (error) throw invalid(filling.file, yamlFault(error));
  restoreComments(document, filling);
  visit(document, {
    Node(key, node) {
      restoreComments(node, filling);
      return isScalar(node) && typeof node.value === 'string' ? filledScalar(document, key, node, filling) : undefined;
    },
  });
  const { contents } = document;
  if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null))
    throw invalid(filling.file, 'it is not an object');
}

/** A comment shows the placeholder itself. */
function restoreComments(node: Node | Document, { token, names }: Filling): void {
  const restored = (text: string): string =>
    text.replace(new RegExp(`${token}(\\d+)E`, 'g'), (_, index: string) => `{{${names[Number(index)]}}}`);
  if (node.comment) node.comment = restored(node.comment);
  if (node.commentBefore) node.commentBefore = restored(node.commentBefore);
}

/** The node with the values. Undefined if the scalar has no placeholder. */
function filledScalar(document: Document, key: unknown, node: Scalar, filling: Filling): Node | undefined {
  const { file, token, names, deployment } = filling;
  const text = String(node.value);
  const valueOf = (index: string): Value => PLACEHOLDERS[names[Number(index)] ?? '']?.(deployment) ?? '';
  const pattern = `${token}(\\d+)E`;
  if (!new RegExp(pattern).test(text)) return undefined;
  const [, index] = new RegExp(`^${pattern}$`).exec(text) ?? [];
  const whole = index !== undefined && node.type === Scalar.PLAIN && key !== 'key';
  const inText = (): string => text.replace(new RegExp(pattern, 'g'), (_, at: string) => textOf(file, valueOf(at)));
  const filled = whole ? document.createNode(valueOf(index)) : new Scalar(inText());
  // In the style of the template, except plain: the writer quotes what would otherwise look like a number.
  if (!whole && node.type !== undefined && node.type !== Scalar.PLAIN) (filled as Scalar).type = node.type;
  return Object.assign(filled, commentsOf(node));
}

function commentsOf({ comment, commentBefore }: Scalar): object {
  return { ...(comment ? { comment } : {}), ...(commentBefore ? { commentBefore } : {}) };
}

/** Errors: TEMPLATE_INVALID for a list beside other text. */
function textOf(file: string, value: Value): string {
  if (typeof value === 'object') throw invalid(file, '{{ENV_VARS}} has to be a whole value, as in `env: {{ENV_VARS}}`');
  return String(value);
}

function invalid(file: string, why: string): SluiceError {
  return new SluiceError('TEMPLATE_INVALID', `${file} is not a valid template: ${why}`);
}
