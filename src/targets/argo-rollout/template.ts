import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Effect } from '../../domain/effect.ts';
import type { NewTemplate, TemplateMetric, TemplateRef, TemplateView } from '../../ports/analysis-templates.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ANALYSIS_TEMPLATE, FIELD_MANAGER } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { unlessAway } from '../../adapters/kubernetes/unless-away.ts';
import { ifThere } from './creation-plan.ts';

/** It is a text when it contains an argument. */
const limit = z.union([z.number(), z.string()]).optional();

/** Source: argo-rollouts v1.10.1, pkg/apis/rollouts/v1alpha1/analysis_types.go. */
const Metric = z.object({
  name: z.string(),
  interval: z.string().optional(),
  initialDelay: z.string().optional(),
  count: limit,
  successCondition: z.string().optional(),
  failureCondition: z.string().optional(),
  failureLimit: limit,
  inconclusiveLimit: limit,
  consecutiveErrorLimit: limit,
  provider: z
    .object({ prometheus: z.object({ address: z.string().optional(), query: z.string().default('') }).optional() })
    .default({}),
});

const Template = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({
    metrics: z.array(Metric).default([]),
    args: z.array(z.object({ name: z.string(), value: z.string().optional() })).default([]),
  }),
});

/** Applies the template server-side, after a dry run. The effect is proved by reading it back. */
export async function setTemplate(client: ClusterClient, wanted: NewTemplate): Promise<Effect<TemplateView>> {
  const ref: ObjectRef = { kind: ANALYSIS_TEMPLATE, namespace: wanted.ref.namespace, name: wanted.ref.name };
  const before = await readTemplate(client, ref, wanted.ref);
  const manifest = manifestOf(wanted);
  const manager = { fieldManager: FIELD_MANAGER, force: wanted.takeOver };
  await client.apply(ref, manifest, { ...manager, dryRun: true });
  await client.apply(ref, manifest, manager);
  const after = await unlessAway(() => readTemplate(client, ref, wanted.ref));
  return { ...judge(before, after, wanted), ...(before && { before }), ...(after && { after }) };
}

function judge(
  before: TemplateView | undefined,
  after: TemplateView | undefined,
  wanted: NewTemplate,
): Pick<Effect<TemplateView>, 'changed' | 'effective' | 'reason'> {
  if (!after) return { changed: true, effective: 'pending', reason: 'it was written, but could not be read back' };
  const same = isDeepStrictEqual([after.metrics, after.args], [wanted.metrics, wanted.args]);
  if (!same)
    return {
      changed: true,
      effective: 'pending',
      reason: 'it was written, but reads differently now: somebody else writes to it',
    };
  if (before?.resourceVersion === after.resourceVersion)
    return { changed: false, effective: 'proved', reason: 'the template is already like this' };
  return {
    changed: true,
    effective: 'proved',
    reason: `the template was ${before ? 'changed' : 'made'} and read back; a running analysis keeps the old one`,
  };
}

async function readTemplate(
  client: ClusterClient,
  ref: ObjectRef,
  place: TemplateRef,
): Promise<TemplateView | undefined> {
  const present = await ifThere(client, ref);
  if (present === undefined) return undefined;
  const { metadata, spec } = Template.parse(present);
  return {
    ref: place,
    resourceVersion: metadata.resourceVersion,
    metrics: spec.metrics.filter(({ provider }) => provider.prometheus).map(toMetric),
    args: spec.args.map(({ name, value }) => ({ name, ...(value !== undefined && { value }) })),
    otherProviders: spec.metrics.filter(({ provider }) => !provider.prometheus).map(({ name }) => name),
  };
}

function toMetric({ provider, ...metric }: z.output<typeof Metric>): TemplateMetric {
  const { query = '', address } = provider.prometheus ?? {};
  const given = Object.entries({ ...metric, address }).filter(([, value]) => value !== undefined);
  return { ...(Object.fromEntries(given) as Omit<TemplateMetric, 'query'>), query };
}

function manifestOf({ ref, metrics, args }: NewTemplate): object {
  return {
    apiVersion: `${ANALYSIS_TEMPLATE.group}/${ANALYSIS_TEMPLATE.version}`,
    kind: ANALYSIS_TEMPLATE.name,
    metadata: { name: ref.name, namespace: ref.namespace },
    spec: {
      ...(args.length > 0 && { args }),
      metrics: metrics.map(({ query, address, ...metric }) => ({
        ...metric,
        provider: { prometheus: { query, ...(address !== undefined && { address }) } },
      })),
    },
  };
}
