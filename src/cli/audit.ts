import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command as Cli } from 'commander';
import { ChainReader, type ChainCheck } from '../observability/audit-chain.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { plural } from '../domain/plural.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';

/** So many broken lines are shown; the others are counted. */
const SHOWN = 20;

/** `sluice audit verify`: whether lines of the audit log were changed or removed. */
export function addAudit(program: Cli, deps: CliDeps): void {
  program
    .command('audit')
    .description('Check the audit log')
    .command('verify')
    .summary('Say whether lines of the audit log were changed or removed')
    .description(
      'Say whether lines of the audit log were changed or removed; exit code 7 if so. Lines that are missing at the end are seen only with --expect',
    )
    .argument('[files...]', 'files of one log, the oldest first; default: the audit log of the settings')
    .option('--expect <hash>', 'hash of a line that has to be there, as an earlier check has printed it')
    .action((files: readonly string[], { expect }: { readonly expect?: string }, cli: Cli) =>
      verify(deps, cli, files, expect),
    );
}

async function verify(deps: CliDeps, cli: Cli, files: readonly string[], expect: string | undefined): Promise<void> {
  const reader = new ChainReader();
  for (const file of files.length > 0 ? files : [ownFile(deps, cli)]) await readInto(reader, file);
  const { broken, ...counts } = reader.result;
  const missing = expect !== undefined && !reader.has(expect.toLowerCase());
  const intact = broken.length === 0 && !missing;
  const value = {
    intact,
    ...counts,
    ...(expect !== undefined && { expected_found: !missing }),
    broken: broken.slice(0, SHOWN),
    broken_lines: broken.length,
  };
  await print(deps, cli, value, () => text(reader.result, missing));
  if (!intact) process.exitCode = ERRORS.AUDIT_BROKEN.exit;
}

/** Errors: INVALID_INPUT when the log goes to stderr. */
function ownFile(deps: CliDeps, cli: Cli): string {
  const path = deps.auditPath(settingsOf(deps, cli).settings);
  if (path === undefined)
    throw new SluiceError('INVALID_INPUT', 'With these settings the audit log goes to stderr, so there is no file.', {
      next: 'Name the files in which that output is kept.',
    });
  return path;
}

/** Errors: INVALID_INPUT when the file cannot be read. */
async function readInto(reader: ChainReader, file: string): Promise<void> {
  try {
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== '') reader.read(line);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SluiceError('INVALID_INPUT', `The audit log ${cleanText(file, 200)} cannot be read: ${why}.`, {
      next: 'Name a file of an audit log.',
    });
  }
}

function text({ lines, unchained, writers, last, continued, broken }: ChainCheck, missing: boolean): string {
  const found = broken.slice(0, SHOWN).map(({ line, why }) => `line ${line}: ${why}`);
  const intact = broken.length === 0 && !missing;
  const advice = intact ? ' Keep it elsewhere, and give it as --expect next time.' : '';
  return [
    `${plural(lines, 'line')} of ${plural(writers, 'process', 'processes')}: ${intact ? 'no line was changed or removed' : 'broken'}.`,
    ...found,
    ...(broken.length > SHOWN ? [`and ${plural(broken.length - SHOWN, 'more line')}`] : []),
    ...(missing ? ['The expected hash is not there.'] : []),
    ...(continued ? ['The log begins in the middle: give the older files too.'] : []),
    ...(unchained > 0 ? [`At the beginning ${plural(unchained, 'line')} without a chain cannot be checked.`] : []),
    ...(last ? [`Last hash: ${last}.${advice}`] : []),
  ].join('\n');
}
