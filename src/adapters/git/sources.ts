import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { gitRef, gitUrl, type GitUrl } from '../../domain/onboarding/git-url.ts';
import { readFirst } from '../../domain/onboarding/read-first.ts';
import { megabytes, requireSafe, requireSize, type SourceLimits } from '../../domain/onboarding/safe-source.ts';
import { within } from '../../domain/onboarding/words.ts';
import type { OpenSource, SourceAsked, SourceRepositoriesPort } from '../../ports/source-repositories.ts';
import { askingFor, type Asking, type Credentials } from './credential.ts';
import { toSluiceError } from './failure.ts';
import { entriesOf, textsOf } from './objects.ts';
import { refOf } from './refs.ts';
import { git, gitLine } from './run.ts';
import { sizeOf, watchSize } from './size-watch.ts';
import { transport } from './transport.ts';

export interface SourceSettings {
  readonly credentials: Credentials;
  readonly limits: SourceLimits;
}

const LIMIT_MS = 180_000;
/** Damaged dates are common in old repositories, and harmless. */
const BENIGN = ['zeroPaddedFilemode', 'badTimezone', 'missingSpaceBeforeDate', 'badDateOverflow'];
const FETCH_CONFIG = [
  ...['-c', 'fetch.fsckObjects=true', '-c', 'protocol.version=2', '-c', 'gc.auto=0'],
  ...BENIGN.flatMap((id) => ['-c', `fetch.fsck.${id}=ignore`]),
];

/** Repositories that the program git can reach. */
export function createSourceRepositories(settings: SourceSettings): SourceRepositoriesPort {
  return {
    async open(asked, signal) {
      const address = gitUrl(asked.url, asked.local);
      const ref = asked.ref === undefined ? undefined : gitRef(asked.ref);
      const folder = await mkdtemp(join(tmpdir(), 'sluice-source-'));
      const close = () => rm(folder, { recursive: true, force: true });
      try {
        return { ...(await opened({ address, ref, asked, settings, folder, signal })), close };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

interface Opening {
  readonly address: GitUrl;
  readonly ref: string | undefined;
  readonly asked: SourceAsked;
  readonly settings: SourceSettings;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function opened(opening: Opening): Promise<Omit<OpenSource, 'close'>> {
  const { address, asked, settings, folder } = opening;
  const store = join(folder, 'objects.git');
  await git({ args: ['init', '--quiet', '--bare', store], cwd: folder });
  const asking = await askingFor(address.host, settings.credentials, folder);
  const ref = await fetched(opening, store, asking).catch((error: unknown) => {
    throw toSluiceError(error, asked.url, asking.secrets);
  });
  const commit = (await gitLine({ args: ['rev-parse', '--verify', 'FETCH_HEAD^{commit}'], cwd: store })) ?? '';
  const inside = asked.folder === undefined ? '' : within(asked.folder).replace(/^\.$/, '');
  const tree = await gitLine({
    args: ['rev-parse', '--verify', '--end-of-options', `${commit}:${inside}`],
    cwd: store,
  });
  const isTree = tree && (await gitLine({ args: ['cat-file', '-t', tree], cwd: store })) === 'tree';
  if (!isTree) throw new SluiceError('GIT_REF_NOT_FOUND', `${asked.url} has no folder ${inside} at ${ref}.`);
  const content = await read(store, tree, settings.limits);
  return { source: { url: asked.url, ref, commit, folder: inside, ...content }, objects: { store, tree } };
}

/** Fetches the commit, and returns the full name of its branch or tag. */
async function fetched(opening: Opening, store: string, { env }: Asking): Promise<string> {
  const { address, asked, ref, settings, signal } = opening;
  const access = { ...env, ...transport(address) };
  const full = await refOf(address.url, { ref, version: asked.version }, { cwd: store, env: access, signal });
  const tooLarge = new AbortController();
  const stop = watchSize(store, settings.limits.bytes, tooLarge);
  const args = [
    ...FETCH_CONFIG,
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-recurse-submodules',
    '--end-of-options',
    address.url,
    full,
  ];
  try {
    await git({ args, cwd: store, env: access, signal: AbortSignal.any([signal, tooLarge.signal]), timeout: LIMIT_MS });
  } catch (error) {
    if (tooLarge.signal.aborted) throw largerThan(settings.limits.bytes);
    throw error;
  } finally {
    stop();
  }
  if ((await sizeOf(join(store, 'objects', 'pack'))) > settings.limits.bytes) throw largerThan(settings.limits.bytes);
  return full;
}

function largerThan(bytes: number): SluiceError {
  return new SluiceError(
    'SOURCE_TOO_LARGE',
    `The repository has more than ${megabytes(bytes)} MB at this commit, without its history.`,
  );
}

async function read(store: string, tree: string, limits: SourceLimits) {
  const files = await entriesOf(store, tree);
  requireSize(files, limits);
  const links = await textsOf(
    store,
    files.filter(({ kind }) => kind === 'link'),
  );
  requireSafe(files, links, limits);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const first = readFirst(files).flatMap((path) => byPath.get(path) ?? []);
  return {
    files: files.map(({ path, kind, size }) => ({ path, kind, size })),
    texts: await textsOf(store, first),
  };
}
