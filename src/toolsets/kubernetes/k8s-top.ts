import { z } from 'zod';
import { labelSelector } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { metaOf, recordAt, recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { quantity } from '../../domain/cluster-objects/quantity.ts';
import { SluiceError } from '../../domain/errors.ts';
import { acrossAllowed } from '../../commands/places.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { clusterOf, kindIn, requireOutsideNamespaces, requireScope } from '../../commands/objects/located.ts';

const input = z.strictObject({
  cluster: placeFields.cluster,
  what: z.enum(['pods', 'nodes']).optional().describe('Default pods.'),
  namespace: placeFields.namespace.optional().describe('Only pods of this namespace.'),
  label_selector: labelSelector,
  limit: z.int().min(1).max(500).optional().describe('Maximum number. Default 30.'),
});
const output = z.strictObject({
  usage: z.array(
    z.strictObject({
      namespace: z.string().optional(),
      name: z.string(),
      cpu_millicores: z.number(),
      memory_bytes: z.number(),
    }),
  ),
  total: z.number(),
});
type Usage = z.output<typeof output>['usage'][number];
/** Metrics of more objects are not read. */
const READ = 500;

export const k8sTop: Command<typeof input, typeof output> = {
  name: 'k8s_top',
  title: 'CPU and memory in use',
  description: 'CPU and memory that pods or nodes use now, most CPU first, from metrics.k8s.io of the cluster.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [{ title: 'Pods of a namespace', input: { namespace: 'shop' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { what = 'pods', namespace, label_selector: selector, limit = 30, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const kind = await metricsKind(context, cluster, what);
    requireScope(kind, namespace);
    if (!kind.namespaced) requireOutsideNamespaces(kind, undefined, context.settings);
    const read = async (place?: string) =>
      (
        await context.ports.clusterObjects.page(
          { cluster, kind, namespace: place },
          { limit: READ, labelSelector: selector },
        )
      ).items;
    const items = namespace === undefined ? await acrossAllowed(context.settings, read) : await read(namespace);
    const usage = items.map(usageOf).toSorted((a, b) => b.cpu_millicores - a.cpu_millicores);
    return { usage: usage.slice(0, limit), total: usage.length };
  },
  text: ({ usage, total }) => [...usage.map(line), `${usage.length} of ${total}.`].join('\n'),
};

/** Errors: CRD_MISSING. */
async function metricsKind(context: CommandContext, cluster: string, what: string): Promise<ApiKind> {
  try {
    return await kindIn(context, cluster, `${what}.metrics.k8s.io`);
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'UNKNOWN_NAME')) throw error;
    throw new SluiceError(
      'CRD_MISSING',
      `Cluster "${cluster}" does not serve metrics.k8s.io, so nothing is measured.`,
      {
        next: 'Install metrics-server in the cluster.',
        cause: error,
      },
    );
  }
}

function usageOf(item: ApiObject): Usage {
  const { name, namespace } = metaOf(item);
  const parts = [recordAt(item, 'usage'), ...recordsAt(item, 'containers').map((one) => recordAt(one, 'usage'))];
  const sum = (field: string) => parts.reduce((all, part) => all + (quantity(textAt(part, field) ?? '0') ?? 0), 0);
  return {
    ...(namespace === undefined ? {} : { namespace }),
    name,
    cpu_millicores: Math.round(sum('cpu') * 1000),
    memory_bytes: Math.round(sum('memory')),
  };
}

function line({ namespace, name, cpu_millicores: cpu, memory_bytes: memory }: Usage): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name}: ${cpu}m CPU, ${Math.round(memory / 2 ** 20)} MiB`;
}
