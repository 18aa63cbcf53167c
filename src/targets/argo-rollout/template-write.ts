import { isRecord, valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { differences } from '../../domain/cluster-objects/differences.ts';
import { operations } from '../../domain/template/operations.ts';
import { patched, PatchProblem } from '../../domain/template/patched.ts';
import type { TemplateFound } from '../../domain/template/template-change.ts';
import type { Target } from '../../domain/release/target.ts';
import type { TemplateWish } from '../../ports/workload.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { describe, FIELD_MANAGER, type ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { deploymentOf } from './referred.ts';
import { parseRollout, refOf } from './read.ts';
import { digestOf, templateOf } from './template-change.ts';

const POINTER = '/spec/template';
const LISTS = ['containers', 'initContainers'] as const;

/** The object that has the template of a Rollout: itself, or the Deployment of its workloadRef. */
async function holderOf(client: ClusterClient, target: Target): Promise<{ ref: ObjectRef; object: unknown }> {
  const own = await client.get(refOf(target));
  const referred = deploymentOf(parseRollout(own, target));
  return referred ? { ref: referred, object: await client.get(referred) } : { ref: refOf(target), object: own };
}

/** Errors: those of the client. */
export async function readDigest(client: ClusterClient, target: Target): Promise<string> {
  return digestOf(templateOf((await holderOf(client, target)).object));
}

/**
 * What the wish would make of the template. The API server checks it in a dry run, and fills in its defaults. Nothing
 * is written. Errors: those of the client.
 */
export async function planTemplate(client: ClusterClient, target: Target, wish: TemplateWish): Promise<TemplateFound> {
  const { ref, object } = await holderOf(client, target);
  const before = templateOf(object);
  try {
    const wanted = withImages(patched(before, fitted(before, wish.patch)), wish.images);
    const tried = await client.jsonPatch(
      ref,
      [
        { op: 'test', path: '/metadata/resourceVersion', value: valueAt(object, ['metadata', 'resourceVersion']) },
        { op: 'replace', path: POINTER, value: wanted },
      ],
      { dryRun: true, fieldManager: FIELD_MANAGER },
    );
    if (!tried.applied) return refused(`${describe(ref)} would not be valid: ${plainLine(tried.why)}`);
    return found(before, templateOf(tried.object));
  } catch (error) {
    if (error instanceof PatchProblem) return refused(error.message);
    throw error;
  }
}

const refused = (problem: string): TemplateFound => ({ problem, next: 'Correct template in the release file.' });

function found(before: unknown, after: unknown): TemplateFound {
  const change = {
    from: digestOf(before),
    to: digestOf(after),
    forward: operations(before, after, POINTER),
    back: operations(after, before, POINTER),
  };
  const [old, wanted] = [before, after].map((template): ApiObject => ({ spec: { template: withoutImages(template) } }));
  return { change, fields: differences(old, wanted) };
}

/** The images of containers that exist change by other fields of the release file. */
function fitted(template: unknown, patch: TemplateWish['patch']): TemplateWish['patch'] {
  for (const list of LISTS)
    for (const entry of listAt(patch, list)) {
      const present = listAt(template, list).find(({ name }) => name === entry['name']);
      // The same file is used again after its release.
      if (present && 'image' in entry && entry['image'] !== present['image'])
        throw new PatchProblem(`template.spec.${list}[${String(entry['name'])}].image: name it in image or images`);
    }
  return patch;
}

function listAt(template: unknown, list: string): readonly Readonly<Record<string, unknown>>[] {
  const value = valueAt(template, ['spec', list]);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function withImages(template: unknown, images: Readonly<Record<string, string>>): unknown {
  return mapContainers(template, (one) => {
    const image = images[String(one['name'])];
    return image === undefined ? one : { ...one, image };
  });
}

/** They have checks of their own. */
function withoutImages(template: unknown): unknown {
  return mapContainers(template, ({ image: _, ...rest }) => rest);
}

function mapContainers(
  template: unknown,
  change: (container: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): unknown {
  const spec = valueAt(template, ['spec']);
  if (!isRecord(template) || !isRecord(spec)) return template;
  const lists = LISTS.filter((list) => Array.isArray(spec[list])).map((list): [string, unknown] => [
    list,
    (spec[list] as readonly unknown[]).map((one) => (isRecord(one) ? change(one) : one)),
  ]);
  return { ...template, spec: { ...spec, ...Object.fromEntries(lists) } };
}
