import { recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { yamlDocuments, yamlText } from './yaml-documents.ts';

/** Each object of a plan costs some requests to the API server. */
export const MAX_OBJECTS = 1000;

/**
 * The objects of a rendered chart. Lists are taken apart. Errors: HELM_TOO_LARGE for more than MAX_OBJECTS,
 * INVALID_INPUT for what is no manifest.
 */
export function renderedObjects(manifest: string): readonly ApiObject[] {
  const count = manifest.split(/^---/m).length - 1;
  if (count > MAX_OBJECTS * 2) throw tooMany(count);
  const objects = yamlDocuments('manifest', manifest).flatMap((document) => {
    const items = textAt(document, 'kind')?.endsWith('List') ? recordsAt(document, 'items') : [];
    return items.length > 0 ? items : [document];
  });
  if (objects.length > MAX_OBJECTS) throw tooMany(objects.length);
  return objects;
}

function tooMany(count: number): SluiceError {
  return new SluiceError(
    'HELM_TOO_LARGE',
    `The chart renders ${count} objects; the tools work with at most ${MAX_OBJECTS}.`,
  );
}

/** Objects as YAML, with secrets masked. */
export function maskedYaml(objects: readonly ApiObject[]): string {
  return objects.map((object) => `---\n${yamlText(maskedObject(object))}`).join('');
}
