import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { selectorText, type Answer, type Want } from '../../domain/diagnosis/facts.ts';
import type { ClusterObjectsPort } from '../../ports/cluster-objects.ts';
import { unlessAbsent } from '../objects/unless-absent.ts';

/** Of a kind, the API server is asked for this many objects. */
const MAX_ITEMS = 1000;
/** The end of a log. Only its last lines are evidence. */
const LOG = { tailLines: 5, limitBytes: 20_000 } as const;

const NONE: Answer = { items: [] };
/** No object of the kinds that a diagnosis reads has another name. */
const NAME = /^[a-z0-9]([a-z0-9.:-]{0,251}[a-z0-9])?$/;

/** Reads one fact. A kind that the cluster does not serve has no objects. Errors: those of the port. */
export async function readWant(
  port: ClusterObjectsPort,
  cluster: string,
  kinds: readonly ApiKind[],
  want: Want,
): Promise<Answer> {
  if (want.what === 'log') return { items: [], text: await port.log({ cluster, ...want, ...LOG }) };
  if (want.namespace !== undefined && !NAME.test(want.namespace)) return NONE;
  const kind = kinds.find((one) => one.preferred && one.group === want.group && isNamed(one, want.kind));
  if (!kind) return NONE;
  const from = { cluster, kind, namespace: kind.namespaced ? want.namespace : undefined };
  if (want.what === 'object') {
    // A reference in an object is free text, and `..` would be the path of another object.
    if (!NAME.test(want.name)) return NONE;
    const object = await port.read({ ...from, name: want.name }).catch(unlessAbsent);
    return object ? { items: [object] } : NONE;
  }
  const labelSelector = selectorText(want.selector) || undefined;
  const page = await port.page(from, { limit: MAX_ITEMS, labelSelector }).catch(unlessAbsent);
  return { items: page?.items ?? [], ...(page?.next !== undefined && { partial: true }) };
}

/** Controllers name kinds in the singular, and the API server itself names them in the plural. */
function isNamed({ kind, plural }: ApiKind, name: string): boolean {
  return kind === name || plural === name;
}
