import { z } from 'zod';
import { dnsName } from './target.ts';

/** An image reference. */
export const image = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'must be an image reference such as registry/name:tag');

/** The field of release files for strategies whose versions are pods, by container or init container. */
export const furtherImages = z
  .record(dnsName, image)
  .refine((images) => Object.keys(images).length <= 20, 'must have at most 20 containers')
  .optional()
  .describe('Images of further containers and init containers, which change and go back together with `image`.');

const own = z.object({ images: furtherImages });

/** That field as a part of the release. Empty if the file does not have it. */
export function toFurtherImages(file: object): { readonly furtherImages?: Readonly<Record<string, string>> } {
  const { images = {} } = own.parse(file);
  return Object.keys(images).length > 0 ? { furtherImages: images } : {};
}
