import { z } from 'zod';
import { anyObjectName, kindName } from '../../contract/cluster-object.ts';
import { placeFields, takeOver } from '../../contract/place.ts';
import { dnsName } from '../../contract/target.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { requireNamespace } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Action, Draft } from '../../commands/objects/draft.ts';
import { clusterOf, kindIn, located, objectText } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { K8S } from './write-tools.ts';
import { objectsIn } from './yaml-text.ts';

const fields = z.strictObject({
  cluster: placeFields.cluster,
  manifest: z.string().min(1).max(1_000_000).describe('YAML or JSON, one or several documents.'),
  namespace: placeFields.namespace.optional().describe('For documents that name none.'),
  take_over: takeOver,
});

/** What a document has to say about itself. */
const Head = z.object({
  apiVersion: z.string().regex(/^([a-z0-9.-]+\/)?v[a-z0-9]+$/),
  kind: kindName,
  metadata: z.object({ name: anyObjectName, namespace: dnsName.optional() }),
});

export const apply: Action<typeof fields> = {
  name: 'apply',
  fields,
  async draft(context, { manifest, namespace, take_over: force = false, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const documents = objectsIn('manifest', manifest).map((one, index) => [one, headOf(one, index)] as const);
    // Everything is checked before the first request about an object.
    for (const [, { metadata }] of documents) requireNamespace(metadata.namespace, context.settings);
    const drafts: Draft[] = [];
    for (const [document, head] of documents)
      drafts.push(await draftOf(context, { cluster, namespace, force }, document, head));
    requireOnce(drafts);
    return drafts;
  },
};

interface Asked {
  readonly cluster: string;
  readonly namespace: string | undefined;
  readonly force: boolean;
}

async function draftOf(
  context: CommandContext,
  { cluster, namespace, force }: Asked,
  document: ApiObject,
  { apiVersion, kind, metadata }: z.output<typeof Head>,
): Promise<Draft> {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const named = [kind.toLowerCase(), version, ...(group ? [group] : [])].join('.');
  const { namespaced } = await kindIn(context, cluster, named);
  const place = namespaced ? (metadata.namespace ?? namespace) : metadata.namespace;
  const at = await located(context, { cluster, kind: named, name: metadata.name, namespace: place }, 'patch');
  const before = await context.ports.clusterObjects.read(at).catch(absent);
  const inPlace = { ...metaOf(document), ...(at.namespace === undefined ? {} : { namespace: at.namespace }) };
  return { at, before, write: { how: 'apply', manifest: { ...document, metadata: inPlace }, takeOver: force } };
}

function absent(error: unknown): undefined {
  if (!(error instanceof SluiceError && error.code === 'OBJECT_NOT_FOUND')) throw error;
}

/** Errors: INVALID_INPUT. */
function headOf(document: ApiObject, index: number): z.output<typeof Head> {
  const { data, error } = Head.safeParse(document);
  const annotations = Object.keys(data ? (metaOf(document).annotations ?? {}) : {});
  const wrong = [
    ...(error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`),
    ...(Array.isArray(document['items']) && data?.kind.endsWith('List')
      ? ['write the items of the list as documents']
      : []),
    ...annotations.filter((key) => key.startsWith('sluice.dev/')).map((key) => `${key} belongs to releases`),
  ];
  if (data && wrong.length === 0) return data;
  throw new SluiceError('INVALID_INPUT', `manifest: document ${index + 1}: ${wrong.join('; ')}.`);
}

/** The second of two documents of one object would undo the first. Errors: INVALID_INPUT. */
function requireOnce(drafts: readonly Draft[]): void {
  const names = drafts.map(({ at }) => objectText(at));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SluiceError('INVALID_INPUT', `manifest: ${twice} is there twice.`);
}

export const k8sApply = writeCommand(K8S, apply, {
  title: 'Apply manifests',
  description:
    'Creates or changes the objects of a manifest by server-side apply, exactly as k8s_plan has shown them. Every document is tried before the first one is written.',
  kind: 'write',
  example: {
    title: 'A ConfigMap',
    input: {
      namespace: 'shop',
      manifest: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours}\ndata: {main: blue}\n',
      digest: '0123456789abcdef',
    },
  },
});
