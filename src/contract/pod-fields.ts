import { furtherImages, toFurtherImages } from './image.ts';
import { templatePatch, toTemplatePatch } from './template-patch.ts';

/** The fields of release files for strategies whose versions are pods. */
export const podFields = { images: furtherImages, template: templatePatch };

/** Those fields as parts of the release. Those that the file does not have are absent. */
export function toPodChanges(file: object): ReturnType<typeof toFurtherImages> & ReturnType<typeof toTemplatePatch> {
  return { ...toFurtherImages(file), ...toTemplatePatch(file) };
}
