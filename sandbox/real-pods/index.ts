import { readFileSync } from 'node:fs';

import { pushImage } from './image.ts';

/**
 * Pushes the sandbox's small application: it answers HTTP on port 8080 with its version, which is the tag, and fails
 * `errorPercent` of the requests. `program` is its executable file. The reference with the digest.
 */
export async function pushApplication(
  program: string,
  reference: string,
  { errorPercent = 0 }: { errorPercent?: number } = {},
): Promise<string> {
  const digest = await pushImage({
    reference,
    files: [{ path: '/app', content: readFileSync(program) }],
    entrypoint: ['/app'],
    env: { VERSION: reference.replace(/.*:/, ''), ERROR_PERCENT: String(errorPercent) },
  });
  return `${reference}@${digest}`;
}
