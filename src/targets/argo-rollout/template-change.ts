import { createHash } from 'node:crypto';
import { isRecord, valueAt } from '../../domain/cluster-objects/api-object.ts';
import { sorted } from '../../domain/cluster-objects/differences.ts';
import type { TemplateStep } from '../../domain/template/template-change.ts';
import type { WriteResult } from '../../ports/workload.ts';
import type { Decision } from '../../adapters/kubernetes/guarded-write.ts';

/** The pod template of an object, as it was read. */
export function templateOf(object: unknown): unknown {
  return valueAt(object, ['spec', 'template']);
}

/** Digest of a pod template. The order of its fields does not matter. */
export function digestOf(template: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(withoutNothings(template))) ?? '')
    .digest('hex')
    .slice(0, 16);
}

/**
 * Argo Rollouts 1.10.1 writes the whole Rollout when it sets the revision. Each container has `resources: {}` from then
 * on, and the metadata of the template `creationTimestamp: null`.
 */
function withoutNothings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothings);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) => inner !== null && !(key === 'resources' && isEmpty(inner)),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNothings(inner)]));
}

const isEmpty = (value: unknown): boolean => isRecord(value) && Object.keys(value).length === 0;

/** Changes the template from one planned state to the other, and never a template of another digest. */
export function decideTemplate(owner: string, template: unknown, step: TemplateStep): Decision<WriteResult> {
  const present = digestOf(template);
  if (present === step.to) return { done: { changed: false, detail: `${owner} already has the template ${step.to}` } };
  if (present !== step.from)
    return {
      done: { refused: true, detail: `the template of ${owner} is ${present}, neither ${step.from} nor ${step.to}` },
    };
  const done = { changed: true, detail: `template of ${owner} changed from ${step.from} to ${step.to}` };
  return { patch: step.operations, done };
}
