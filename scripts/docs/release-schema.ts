import { z } from 'zod';
import { STRATEGIES } from '../../src/strategies/index.ts';
import { releaseFile } from '../../src/contract/release-file.ts';

/** The JSON Schema of release files, for editors: the first line of each example names it. */
export function releaseSchema(): string {
  const { required, ...schema } = z.toJSONSchema(releaseFile, { io: 'input', target: 'draft-7' });
  // A strategy with a short form has other fields in place of target and image (Strategy.file.inFull).
  const anyOf = [{ required }, ...STRATEGIES.flatMap(({ file }) => (file.short ? [{ required: file.short }] : []))];
  const about = {
    title: 'Release file of Sluice',
    description: 'Generated from src/contract/release-file.ts by `npm run docs`. Do not edit.',
  };
  return `${JSON.stringify({ ...schema, anyOf, ...about }, null, 2)}\n`;
}
