import { secretViolations } from '../../../domain/delivery/secret-rules.ts';
import type { Check } from './check.ts';

/** Searches all layers for credentials. */
export const secrets: Check = async ({ call, archive }) => {
  const { bytes, layers, files, notSearched, suspects } = await call.context.delivery.content.examine(archive);
  const larger = notSearched === 0 ? '' : `. ${notSearched} of them are larger than 1 MB, so only their names were`;
  return {
    check: 'secrets',
    violations: secretViolations(suspects),
    text: `${files} files of all layers were searched${larger}`,
    figures: { bytes, layers, files },
  };
};
