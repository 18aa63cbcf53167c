import { z } from 'zod';
import { releaseFile } from '../../src/contract/release-file.ts';

/** The JSON Schema of release files, for editors: the first line of each example names it. */
export function releaseSchema(): string {
  const schema = z.toJSONSchema(releaseFile, { io: 'input', target: 'draft-7' });
  const about = {
    title: 'Release file of Sluice',
    description: 'Generated from src/contract/release-file.ts by `npm run docs`. Do not edit.',
  };
  return `${JSON.stringify({ ...schema, ...about }, null, 2)}\n`;
}
