import { z } from 'zod';
import { deploymentFile } from '../../src/contract/deployment-file.ts';

/** The JSON Schema of deployment.yaml, for editors. */
export function deploymentSchema(): string {
  const schema = z.toJSONSchema(deploymentFile, { io: 'input', target: 'draft-7' });
  const about = {
    title: 'deployment.yaml of Sluice',
    description: 'Generated from src/contract/deployment-file.ts by `npm run docs`. Do not edit.',
  };
  return `${JSON.stringify({ ...schema, ...about }, null, 2)}\n`;
}
