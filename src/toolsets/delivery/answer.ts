import { z } from 'zod';
import { LANGUAGES, MCP_TRANSPORTS } from '../../domain/onboarding/service.ts';
import { refText } from '../../domain/onboarding/version-tag.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { PlannedFile } from '../../onboarding/plan.ts';
import type { Onboarding } from './onboarding.ts';

const plannedFile = z.strictObject({
  path: z.string(),
  action: z.enum(['create', 'update', 'same', 'keep', 'remove']).describe('keep: somebody has edited it.'),
  bytes: z.int(),
});

/** What was found in a repository. */
export const foundFields = {
  commit: z.string(),
  ref: z.string(),
  source_files: z.int(),
  language: z.enum(LANGUAGES),
  manager: z.string().describe('What installs the dependencies. Empty for a Dockerfile.'),
  lock_file: z.string().describe('Empty: the dependencies are not locked.'),
  start: z.array(z.string()).describe('Empty: that of the Dockerfile.'),
  port: z.int(),
  transport: z.enum(MCP_TRANSPORTS).optional().describe('Of an MCP server.'),
  found: z.array(z.strictObject({ what: z.string(), where: z.string().describe('The file that shows it.') })),
  warnings: z.array(z.string()),
  image: z.string(),
  branch: z.string(),
  folder: z.string().describe('Folder of the deployment.'),
  files: z.array(plannedFile),
};

const MAX_TEXT = 300;

export function foundIn({ open, service, plan, branch }: Onboarding) {
  const { source } = open;
  const { language, manager, lockFile, start, port, mcp, findings } = service;
  return {
    commit: source.commit,
    ref: source.ref,
    source_files: source.files.length,
    language,
    manager,
    lock_file: lockFile,
    start: start.map((word) => cleanText(word, MAX_TEXT)),
    port,
    ...(mcp ? { transport: mcp.transport } : {}),
    found: findings.map(({ what, where }) => ({ what: cleanText(what, MAX_TEXT), where: cleanText(where, MAX_TEXT) })),
    warnings: plan.warnings.map((warning) => cleanText(warning, MAX_TEXT)),
    image: plan.deployment.image,
    branch,
    folder: `deployments/${plan.deployment.name}`,
    files: plan.files.map(toPlannedFile),
  };
}

export const toPlannedFile = ({ path, action, text }: PlannedFile) => ({
  path,
  action,
  bytes: Buffer.byteLength(text),
});

export type Found = ReturnType<typeof foundIn>;

/** The lines of what was found and of the files. */
export function foundLines(answer: Found): readonly string[] {
  const { language, manager, lock_file: lock, start, port, transport, commit, ref, source_files: count } = answer;
  const tools = [language, manager].filter((one) => one !== '').join(', ');
  return [
    `Source: ${sourceText(ref, commit)}, ${plural(count, 'file')}`,
    `Service: ${tools}${lock === '' ? '' : ` (${lock})`}${transport ? `, MCP server over ${transport}` : ''}`,
    `Start: ${start.length === 0 ? 'that of the Dockerfile' : start.join(' ')}, port ${port}`,
    'Found:',
    ...answer.found.map(({ what, where }) => `  ${what} in ${where}`),
    ...answer.warnings.map((warning) => `Warning: ${warning}`),
    `Image: ${answer.image}`,
    ...fileLines(answer),
  ];
}

function sourceText(ref: string, commit: string): string {
  const short = commit.slice(0, 12);
  return ref === commit ? `the commit ${short}` : `${refText(ref)} at ${short}`;
}

/** The folder on its branch, and one line for each file. */
export function fileLines({ branch, folder, files }: Found): readonly string[] {
  const width = Math.max(...files.map(({ path }) => path.length));
  return [
    `Branch ${branch}, folder ${folder}:`,
    ...files.map(({ path, action, bytes }) => `  ${action.padEnd(6)}  ${path.padEnd(width)}  ${bytes} bytes`),
  ];
}
