import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { HelmReleaseAt } from '../../domain/helm/release.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import { requireNamespace } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import { kindIn, requireOutsideNamespaces } from '../../commands/objects/located.ts';
import { headFaults, kindNamed, ManifestHead } from '../../commands/objects/manifest-drafts.ts';
import { unlessAbsent } from '../../commands/objects/unless-absent.ts';

/** An object of a rendered chart. Without `at` the cluster does not serve its kind. */
export interface RenderedObject {
  readonly object: ApiObject;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly at?: ObjectAt;
}

/** Where a rendered object is, or will be. Errors: INVALID_INPUT, NAMESPACE_NOT_ALLOWED, and those of the port. */
export async function locatedObject(
  context: CommandContext,
  release: HelmReleaseAt,
  object: ApiObject,
): Promise<RenderedObject> {
  const { metadata, ...head } = headOf(object);
  const { kind: asked } = head;
  const kind = await kindIn(context, release.cluster, kindNamed(head)).catch(unserved);
  if (!kind) return { object, kind: asked, name: metadata.name };
  const namespace = kind.namespaced ? (metadata.namespace ?? release.namespace) : undefined;
  if (namespace === undefined) requireOutsideNamespaces(kind, metadata.name, context.settings);
  else requireNamespace(namespace, context.settings);
  const place = namespace === undefined ? {} : { namespace };
  return {
    object,
    kind: asked,
    name: metadata.name,
    ...place,
    at: { cluster: release.cluster, kind, name: metadata.name, ...place },
  };
}

function unserved(error: unknown): undefined {
  if (!(error instanceof SluiceError && error.code === 'UNKNOWN_NAME')) throw error;
}

function headOf(object: ApiObject): ManifestHead {
  const { data } = ManifestHead.safeParse(object);
  if (data) return data;
  const wrong = headFaults(object).join('; ');
  throw new SluiceError('INVALID_INPUT', `The chart renders something that is no object: ${wrong}.`, {
    next: 'Call helm_template to see what it renders.',
  });
}

/** The object as it is. Undefined if there is none. */
export function liveObject({ ports }: CommandContext, at: ObjectAt): Promise<ApiObject | undefined> {
  return ports.clusterObjects.read(at).catch(unlessAbsent);
}

/** Whether Helm leaves an object where it is when it is no longer a part of its release. */
export function isKept(object: ApiObject): boolean {
  return metaOf(object).annotations?.['helm.sh/resource-policy'] === 'keep';
}
