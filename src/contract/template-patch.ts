import { z } from 'zod';

/** Bytes of JSON. The change is a part of the release, and so of its history. */
const MOST = 32_768;

const part = z.record(z.string(), z.unknown());

/** The field of release files for strategies whose versions are pods. */
export const templatePatch = z
  .strictObject({
    metadata: part.optional().describe('Labels and annotations of the pods.'),
    spec: part.optional().describe('As spec.template.spec of the Rollout.'),
  })
  .refine((patch) => JSON.stringify(patch).length <= MOST, `must have at most ${MOST} characters as JSON`)
  .refine((patch) => Object.keys(patch).length > 0, 'is empty')
  .optional()
  .describe(
    'Changes of the pod template, as for kubectl patch: environment, resources, anything but images. They go back with `image`.',
  );

const own = z.object({ template: templatePatch });

/** That field as a part of the release. Empty if the file does not have it. */
export function toTemplatePatch(file: object): { readonly templatePatch?: Readonly<Record<string, unknown>> } {
  const { template } = own.parse(file);
  return template === undefined ? {} : { templatePatch: template };
}
