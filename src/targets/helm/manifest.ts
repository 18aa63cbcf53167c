import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';
import { isRecord, metaOf, recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { sorted } from '../../domain/cluster-objects/differences.ts';
import { SluiceError } from '../../domain/errors.ts';
import { withoutVarying } from '../../domain/helm/stable-render.ts';

/** The objects of a manifest of Helm. Lists are taken apart. Errors: HELM_REFUSED for what is no YAML. */
export function objectsIn(manifest: string): readonly ApiObject[] {
  const documents = parseAllDocuments(manifest, { version: '1.1', merge: true });
  const [fault] = documents.flatMap(({ errors }) => errors);
  if (fault)
    throw new SluiceError('HELM_REFUSED', `What the chart renders is no YAML: ${fault.message.slice(0, 300)}.`);
  return documents
    .map((document) => document.toJS() as unknown)
    .filter(isRecord)
    .flatMap((object) => (textAt(object, 'kind')?.endsWith('List') ? recordsAt(object, 'items') : [object]));
}

/** The digest of rendered objects, without the values that differ at each rendering. */
export function digestOf(objects: readonly ApiObject[], varying: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(withoutVarying(objects, varying))))
    .digest('hex')
    .slice(0, 16);
}

/** The Rollout or the Deployment of this name. A chart may leave out the namespace of its release. */
export function objectNamed(
  objects: readonly ApiObject[],
  kind: 'Rollout' | 'Deployment',
  { namespace, name }: { readonly namespace: string; readonly name: string },
): ApiObject | undefined {
  return objects.find((object) => {
    const meta = metaOf(object);
    return object['kind'] === kind && meta.name === name && (meta.namespace ?? namespace) === namespace;
  });
}

/** Images of the containers of a template, by their names. */
export function imagesIn(object: ApiObject): Readonly<Record<string, string>> {
  const containers = recordsAt(object, 'spec', 'template', 'spec', 'containers');
  return Object.fromEntries(containers.map((one) => [textAt(one, 'name') ?? '', textAt(one, 'image') ?? '']));
}
