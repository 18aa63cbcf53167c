import { z } from 'zod';
import { anyObjectName, kindName } from '../../contract/cluster-object.ts';
import { problemsOf } from '../../contract/parse.ts';
import { dnsName } from '../../contract/target.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt, ObjectWrite } from '../../ports/cluster-objects.ts';
import { requireNamespace } from '../access.ts';
import type { CommandContext } from '../command.ts';
import type { Draft } from './draft.ts';
import { kindIn, located, objectText } from './located.ts';

/** What an object of a manifest has to say about itself. */
export const ManifestHead = z.object({
  apiVersion: z.string().regex(/^([a-z0-9.-]+\/)?v[a-z0-9]+$/, 'must be a version of an API, as in v1 or apps/v1'),
  kind: kindName,
  metadata: z.object({ name: anyObjectName, namespace: dnsName.optional() }),
});
export type ManifestHead = z.output<typeof ManifestHead>;

/** A kind as `kindIn` takes it: `deployment.v1.apps`. */
export function kindNamed({ apiVersion, kind }: Pick<ManifestHead, 'apiVersion' | 'kind'>): string {
  return [kind.toLowerCase(), ...apiVersion.split('/').toReversed()].join('.');
}

/** Where documents are applied. */
export interface ApplyAt {
  readonly cluster: string;
  /** For documents that name no namespace. */
  readonly namespace: string | undefined;
  /** Take fields over from other field managers. */
  readonly force: boolean;
  /** The name of the documents in errors. */
  readonly field: string;
}

/**
 * The changes of a server-side apply of documents. Everything is checked before the first request about an object.
 * Errors: INVALID_INPUT, NAMESPACE_NOT_ALLOWED, and those of `located`.
 */
export async function manifestDrafts(
  context: CommandContext,
  documents: readonly ApiObject[],
  at: ApplyAt,
): Promise<readonly Draft[]> {
  const heads = documents.map((one, index) => [one, headOf(one, index, at.field)] as const);
  for (const [, { metadata }] of heads) requireNamespace(metadata.namespace, context.settings);
  const drafts: Draft[] = [];
  for (const [document, head] of heads) drafts.push(await draftOf(context, at, document, head));
  requireOnce(drafts, at.field);
  return drafts;
}

async function draftOf(
  context: CommandContext,
  { cluster, namespace, force }: ApplyAt,
  document: ApiObject,
  { metadata, ...kind }: ManifestHead,
): Promise<Draft> {
  const named = kindNamed(kind);
  const { namespaced } = await kindIn(context, cluster, named);
  const place = namespaced ? (metadata.namespace ?? namespace) : metadata.namespace;
  const at = await located(context, { cluster, kind: named, name: metadata.name, namespace: place }, 'patch');
  const before = await context.ports.clusterObjects.read(at).catch(absent);
  return { at, before, write: applied(document, at, force) };
}

/** The server-side apply of an object in its place. */
export function applied(object: ApiObject, { namespace }: ObjectAt, takeOver: boolean): ObjectWrite {
  const metadata = { ...metaOf(object), ...(namespace === undefined ? {} : { namespace }) };
  return { how: 'apply', manifest: { ...object, metadata }, takeOver };
}

function absent(error: unknown): undefined {
  if (!(error instanceof SluiceError && error.code === 'OBJECT_NOT_FOUND')) throw error;
}

/** What is wrong with the head of a document: "metadata.name is missing". */
export function headFaults(document: ApiObject): readonly string[] {
  return problemsOf(ManifestHead, document).map(({ path, message }) => `${path} ${message}`);
}

/** Errors: INVALID_INPUT. */
function headOf(document: ApiObject, index: number, field: string): ManifestHead {
  const { data } = ManifestHead.safeParse(document);
  const annotations = Object.keys(data ? (metaOf(document).annotations ?? {}) : {});
  const wrong = [
    ...headFaults(document),
    ...(Array.isArray(document['items']) && data?.kind.endsWith('List')
      ? ['write the items of the list as documents']
      : []),
    ...annotations.filter((key) => key.startsWith('sluice.dev/')).map((key) => `${key} belongs to releases`),
  ];
  if (data && wrong.length === 0) return data;
  throw new SluiceError('INVALID_INPUT', `${field}: document ${index + 1}: ${wrong.join('; ')}.`);
}

/** The second of two documents of one object would undo the first. Errors: INVALID_INPUT. */
function requireOnce(drafts: readonly Draft[], field: string): void {
  const names = drafts.map(({ at }) => objectText(at));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SluiceError('INVALID_INPUT', `${field}: ${twice} is there twice.`);
}
