import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command as Cli } from 'commander';
import { ChainReader, type ChainCheck } from '../observability/audit-chain.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { plural } from '../domain/plural.ts';
import { AuditLinks, type AuditLinksCheck } from '../domain/release/audit-chain.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { CliDeps } from './deps.ts';
import { print, settingsOf } from './global.ts';

/** So many broken lines are shown; the others are counted. */
const SHOWN = 20;

interface Options {
  readonly expect?: string;
  readonly releases?: true;
}

/** `sluice audit verify`: whether lines of the audit log, or facts about releases in the journal, were changed. */
export function addAudit(program: Cli, deps: CliDeps): void {
  program
    .command('audit')
    .description('Check the audit log, and what the journal says about releases')
    .command('verify')
    .summary('Say whether the audit log, or what the journal says about releases, was changed')
    .description(
      'Say whether lines of the audit log, or entries of the audit chain of releases in the journal, were changed or removed; exit code 7 if so. What is missing at the end is seen only with --expect',
    )
    .argument(
      '[files...]',
      'files of one log, the oldest first; default: the audit log of the settings, and the journal',
    )
    .option('--expect <hash>', 'hash of a line or entry that has to be there, as an earlier check has printed it')
    .option('--releases', 'check only the chain of releases in the journal')
    .action((files: readonly string[], options: Options, cli: Cli) => verify(deps, cli, files, options));
}

async function verify(deps: CliDeps, cli: Cli, files: readonly string[], options: Options): Promise<void> {
  if (options.releases && files.length > 0)
    throw new SluiceError('INVALID_INPUT', 'With --releases only the journal is read, so no files can be named.', {
      next: 'Leave out the files, or --releases.',
    });
  const calls = options.releases ? undefined : await callsOf(deps, cli, files);
  const releases = files.length > 0 ? undefined : await releasesOf(deps, cli);
  const expected = options.expect?.toLowerCase();
  const missing = expected !== undefined && !calls?.has(expected) && !releases?.has(expected);
  const all = [...(calls?.result.broken ?? []), ...(releases?.result.broken ?? [])];
  const intact = all.length === 0 && !missing;
  const value = {
    intact,
    ...(calls && shown(calls.result)),
    ...(releases && { releases: shown(releases.result) }),
    ...(expected !== undefined && { expected_found: !missing }),
  };
  await print(deps, cli, value, () =>
    [
      ...(calls ? callLines(calls.result) : []),
      ...(releases ? releaseLines(releases.result) : []),
      ...(missing ? ['The expected hash is not there.'] : []),
      ...(intact && (calls?.result.last || releases?.result.last)
        ? ['Keep each last hash elsewhere, and give it as --expect next time.']
        : []),
    ].join('\n'),
  );
  if (!intact) process.exitCode = ERRORS.AUDIT_BROKEN.exit;
}

const shown = <T extends { readonly broken: readonly object[] }>({ broken, ...counts }: T) => ({
  ...counts,
  broken: broken.slice(0, SHOWN),
  broken_lines: broken.length,
});

/** Errors: INVALID_INPUT. */
async function callsOf(deps: CliDeps, cli: Cli, files: readonly string[]): Promise<ChainReader> {
  const reader = new ChainReader();
  for (const file of files.length > 0 ? files : [ownFile(deps, cli)]) await readInto(reader, file);
  return reader;
}

/** Errors: JOURNAL_UNAVAILABLE. */
async function releasesOf(deps: CliDeps, cli: Cli): Promise<AuditLinks> {
  const services = await deps.open(settingsOf(deps, cli).settings);
  try {
    const links = new AuditLinks((text) => createHash('sha256').update(text).digest('hex'));
    for (let from = 0; ; ) {
      const more = await services.journal.audit(from);
      for (const link of more) links.read(link);
      const last = more.at(-1);
      if (!last) return links;
      from = last.n;
    }
  } finally {
    await services.close();
  }
}

/** Errors: INVALID_INPUT when the log goes to stderr. */
function ownFile(deps: CliDeps, cli: Cli): string {
  const path = deps.auditPath(settingsOf(deps, cli).settings);
  if (path === undefined)
    throw new SluiceError('INVALID_INPUT', 'With these settings the audit log goes to stderr, so there is no file.', {
      next: 'Name the files in which that output is kept. --releases checks what the journal says about releases.',
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
      next: 'Name a file of an audit log. --releases checks what the journal says about releases.',
    });
  }
}

function callLines({ lines, unchained, writers, last, continued, broken }: ChainCheck): string[] {
  return [
    `Calls: ${plural(lines, 'line')} of ${plural(writers, 'process', 'processes')}: ${broken.length === 0 ? 'no line was changed or removed' : 'broken'}.`,
    ...broken.slice(0, SHOWN).map(({ line, why }) => `line ${line}: ${why}`),
    ...(broken.length > SHOWN ? [`and ${plural(broken.length - SHOWN, 'more line')}`] : []),
    ...(continued ? ['The log begins in the middle: give the older files too.'] : []),
    ...(unchained > 0 ? [`At the beginning ${plural(unchained, 'line')} without a chain cannot be checked.`] : []),
    ...(last ? [`Last hash of calls: ${last}`] : []),
  ];
}

function releaseLines({ entries, last, broken }: AuditLinksCheck): string[] {
  return [
    `Releases: ${plural(entries, 'entry', 'entries')} of the journal: ${broken.length === 0 ? 'no entry was changed or removed' : 'broken'}.`,
    ...broken.slice(0, SHOWN).map(({ n, why }) => `entry ${n}: ${why}`),
    ...(broken.length > SHOWN ? [`and ${plural(broken.length - SHOWN, 'more entry', 'more entries')}`] : []),
    ...(last ? [`Last hash of releases: ${last}`] : []),
  ];
}
