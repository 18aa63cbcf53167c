import { metaOf, recordAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { titleOf } from '../../domain/cluster-objects/object-ref.ts';
import { maskSecrets, cleanText } from '../../domain/safe-text.ts';
import { revisionParts } from '../../domain/flux/commit.ts';
import { fluxState } from '../../domain/flux/flux-state.ts';
import { labelledReconciler } from '../../domain/flux/managed-by.ts';
import { chartOf, sourceOf, type FluxReference } from '../../domain/flux/references.ts';
import type { CommandContext } from '../../commands/command.ts';
import { readReference } from './read-objects.ts';

export interface TraceStep {
  readonly step: 'object' | 'applied' | 'reconciler' | 'chart' | 'source' | 'parent';
  readonly object: string;
  readonly state?: string;
  readonly message?: string;
  readonly revision?: string;
  readonly commit?: string;
  readonly url?: string;
  /** The branch, tag or commit that a source follows. */
  readonly ref?: string;
  readonly problem?: string;
}

const MAX_PARENTS = 5;

/** A Flux object as a step: what it says of itself, and which commit that is. */
export function stepOf(step: TraceStep['step'], object: ApiObject): TraceStep {
  const { readiness, revision, reason = '', message = '' } = fluxState(object);
  const origin = textAt(object, 'status', 'lastAppliedOriginRevision') ?? originOf(object) ?? revision;
  const { commit } = revisionParts(origin ?? '');
  const url = textAt(object, 'spec', 'url');
  const ref = Object.entries(recordAt(object, 'spec', 'ref'))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
  return {
    step,
    object: titleOf(object),
    state: readiness,
    ...(readiness === 'ready' || readiness === 'none' ? {} : { message: `${reason}: ${message}` }),
    ...(revision === undefined ? {} : { revision }),
    ...(commit === undefined ? {} : { commit }),
    ...(url === undefined ? {} : { url: withoutCredentials(url) }),
    ...(ref === '' ? {} : { ref: cleanText(ref, 200) }),
  };
}

/** An OCI artifact can name the commit from which it was made. */
function originOf(object: ApiObject): string | undefined {
  const metadata = recordAt(object, 'status', 'artifact', 'metadata');
  return textAt(metadata, 'org.opencontainers.image.revision');
}

function withoutCredentials(url: string): string {
  return maskSecrets(cleanText(url.replace(/\/\/[^/@]*@/, '//'), 300));
}

/** From a reconciler or chart down to its source. */
export async function sourceSteps(
  context: CommandContext,
  cluster: string,
  object: ApiObject,
): Promise<readonly TraceStep[]> {
  const chart = chartOf(object);
  const source = sourceOf(object);
  const named = [...(chart ? [['chart', chart] as const] : []), ...(source ? [['source', source] as const] : [])];
  return Promise.all(named.map(([step, reference]) => stepAt(context, cluster, step, reference)));
}

/** The objects that have applied this one, from the nearest on. */
export async function parentSteps(
  context: CommandContext,
  cluster: string,
  object: ApiObject,
): Promise<readonly TraceStep[]> {
  const steps: TraceStep[] = [];
  let from: ApiObject | undefined = object;
  while (from && steps.length < MAX_PARENTS) {
    const parent = labelledReconciler(from);
    const { namespace, name } = metaOf(from);
    // The first Kustomization of a cluster applies itself.
    if (!parent || (parent.kind === from['kind'] && parent.namespace === namespace && parent.name === name)) break;
    const { object: found, problem } = await readReference(context, cluster, parent);
    steps.push(found ? stepOf('parent', found) : missing('parent', parent, problem));
    from = found;
  }
  return steps;
}

async function stepAt(
  context: CommandContext,
  cluster: string,
  step: TraceStep['step'],
  reference: FluxReference,
): Promise<TraceStep> {
  const { object, problem } = await readReference(context, cluster, reference);
  return object ? stepOf(step, object) : missing(step, reference, problem);
}

export function missing(
  step: TraceStep['step'],
  { kind, namespace, name }: Pick<FluxReference, 'kind' | 'namespace' | 'name'>,
  problem = 'it was not found',
): TraceStep {
  return { step, object: `${kind} ${namespace}/${name}`, problem };
}
