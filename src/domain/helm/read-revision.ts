import { isRecord, numberAt, recordAt, recordsAt, textAt } from '../cluster-objects/api-object.ts';
import { HELM_STATUSES, type HelmHook, type HelmRevision, type HelmStatus } from './release.ts';

/**
 * A revision from the JSON that Helm stores and that `helm install -o json` prints. Undefined for anything else. Helm 3
 * and 4 have the same form. Source: helm.sh/helm/v4/pkg/release/v1.
 */
export function readRevision(json: unknown): HelmRevision | undefined {
  const [name, revision] = [textAt(json, 'name'), numberAt(json, 'version')];
  if (name === undefined || revision === undefined) return undefined;
  const text = (...path: readonly string[]): string => textAt(json, ...path) ?? '';
  return {
    namespace: text('namespace'),
    name,
    revision,
    status: statusOf(text('info', 'status')),
    updated: text('info', 'last_deployed'),
    description: text('info', 'description'),
    chart: {
      name: text('chart', 'metadata', 'name'),
      version: text('chart', 'metadata', 'version'),
      appVersion: text('chart', 'metadata', 'appVersion'),
    },
    defaults: recordAt(json, 'chart', 'values'),
    values: recordAt(json, 'config'),
    notes: text('info', 'notes'),
    manifest: text('manifest'),
    hooks: recordsAt(json, 'hooks').map(hookOf),
  };
}

/** The status of a label or of a stored text. One that this version does not know is `unknown`. */
export function statusOf(text: string | undefined): HelmStatus {
  return HELM_STATUSES.find((status) => status === text) ?? 'unknown';
}

function hookOf(hook: Readonly<Record<string, unknown>>): HelmHook {
  const phase = textAt(hook, 'last_run', 'phase');
  const { events } = hook;
  return {
    name: textAt(hook, 'name') ?? '',
    kind: textAt(hook, 'kind') ?? '',
    events: Array.isArray(events) ? events.map(String) : [],
    weight: numberAt(hook, 'weight') ?? 0,
    manifest: textAt(hook, 'manifest') ?? '',
    ...(phase ? { phase } : {}),
  };
}

/** The values that templates see: those of the chart under the given ones. A null removes a value of the chart. */
export function mergedValues(
  defaults: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged = new Map(Object.entries(defaults));
  for (const [key, value] of Object.entries(given)) {
    const under = merged.get(key);
    if (value === null) merged.delete(key);
    else merged.set(key, isRecord(value) && isRecord(under) ? mergedValues(under, value) : value);
  }
  return Object.fromEntries(merged);
}
