import { SluiceError } from '../../domain/errors.ts';
import { gitRef, gitUrl } from '../../domain/onboarding/git-url.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { BranchAt, BranchCommit, BranchesPort, BranchFile } from '../../ports/branches.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { askingFor, type Credentials } from './credential.ts';
import { toSluiceError } from './failure.ts';
import { IDENTITY } from './identity.ts';
import { git, GitFailure, gitLine, gitText } from './run.ts';
import { transport } from './transport.ts';

const TRAILER = 'Sluice-Release';
const HISTORY = 500;
const LIMIT_MS = 180_000;

/** BranchesPort on the program git. Every call works in an empty repository of its own. */
export function createBranches(credentials: Credentials): BranchesPort {
  const open = <T>(url: string, work: (remote: Remote) => Promise<T>): Promise<T> =>
    inTemporaryFolder('sluice-branch-', async (folder) => {
      const address = gitUrl(url, false);
      await git({ args: ['init', '--quiet', '--bare'], cwd: folder });
      const { env, secrets } = await askingFor(address.host, credentials, folder);
      const remote = { url, cwd: folder, env: { ...env, ...transport(address) } };
      return work(remote).catch((error: unknown) => {
        throw toSluiceError(error, url, secrets);
      });
    });
  return {
    read: ({ url, branch }, file) => open(url, (remote) => readFile(remote, branch, file)),
    marked: ({ url, branch }, mark) => open(url, (remote) => marked(remote, branch, mark)),
    commit: (change) => open(change.url, (remote) => commit(remote, change)),
    remove: (at, head) => open(at.url, (remote) => remove(remote, at, head)),
  };
}

interface Remote {
  readonly url: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Fetches the end of a branch. Undefined if there is no such branch. */
async function fetched({ url, cwd, env }: Remote, branch: string, options: readonly string[]) {
  const ref = `refs/heads/${gitRef(branch)}`;
  const args = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', ...options, '--end-of-options', url, ref];
  try {
    await git({ args, cwd, env, timeout: LIMIT_MS });
    return await gitText({ args: ['rev-parse', '--verify', 'FETCH_HEAD^{commit}'], cwd });
  } catch (error) {
    if (error instanceof GitFailure && /couldn't find remote ref/i.test(error.said)) return undefined;
    throw error;
  }
}

async function readFile(remote: Remote, branch: string, file: string): Promise<BranchFile | undefined> {
  const head = await fetched(remote, branch, ['--depth=1']);
  if (head === undefined) return undefined;
  const text = await textOf(remote, head, file);
  return { head, ...(text === undefined ? {} : { text }) };
}

/** Undefined if there is no such file. */
async function textOf({ cwd }: Remote, commit: string, file: string): Promise<string | undefined> {
  const id = await gitLine({ args: ['rev-parse', '--verify', '--end-of-options', `${commit}:${file}`], cwd });
  if (id === undefined) return undefined;
  return (await git({ args: ['cat-file', 'blob', id], cwd })).toString('utf8');
}

/** Only the commits are fetched, where the server can leave out the rest. */
async function marked(remote: Remote, branch: string, mark: string): Promise<string | undefined> {
  const head = await fetched(remote, branch, [`--depth=${HISTORY}`, '--filter=tree:0']);
  if (head === undefined) return undefined;
  const format = `--format=%H %(trailers:key=${TRAILER},valueonly,separator=%x00)`;
  const lines = (await gitText({ args: ['log', format, head], cwd: remote.cwd })).split('\n');
  return lines
    .map((line) => [line.slice(0, head.length), line.slice(head.length + 1)])
    .find(([, one]) => one === mark)?.[0];
}

/** Errors: REPOSITORY_CHANGED. */
async function commit(remote: Remote, change: BranchCommit): Promise<string> {
  const { cwd } = remote;
  const { base, branch, file, from, to, message, mark } = change;
  const parent = await fetched(remote, base, ['--depth=1']);
  if (parent === undefined || (await textOf(remote, parent, file)) !== from) throw moved(base);
  const [entry = ''] = (await gitText({ args: ['ls-tree', parent, '--', file], cwd })).split(' ');
  await git({ args: ['read-tree', parent], cwd });
  const blob = await gitText({ args: ['hash-object', '-w', '--stdin'], cwd, input: to });
  await git({ args: ['update-index', '-z', '--index-info'], cwd, input: `${entry} ${blob}\t${file}\0` });
  const tree = await gitText({ args: ['write-tree'], cwd });
  const text = `${message}\n\n${TRAILER}: ${mark}\n`;
  const made = await gitText({ args: ['commit-tree', tree, '-p', parent, '-F', '-'], cwd, env: IDENTITY, input: text });
  await push(remote, branch, [`${made}:refs/heads/${gitRef(branch)}`]);
  return made;
}

function remove(remote: Remote, { branch }: BranchAt, head: string): Promise<void> {
  const ref = `refs/heads/${gitRef(branch)}`;
  return push(remote, branch, [`--force-with-lease=${ref}:${head}`, `:${ref}`]);
}

/** Errors: REPOSITORY_CHANGED, GIT_ACCESS_DENIED if the server accepts no push to this branch. */
async function push({ url, cwd, env }: Remote, branch: string, what: readonly string[]): Promise<void> {
  const options = what.filter((one) => one.startsWith('--'));
  const refs = what.filter((one) => !one.startsWith('--'));
  try {
    await git({ args: ['push', '--quiet', ...options, '--end-of-options', url, ...refs], cwd, env, timeout: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (/\[remote rejected\]/.test(error.said)) throw notAccepted(branch, error.said);
    if (/\[rejected\]|fetch first|non-fast-forward|stale info/.test(error.said)) throw moved(branch);
    throw error;
  }
}

function moved(branch: string): SluiceError {
  return new SluiceError(
    'REPOSITORY_CHANGED',
    `The branch ${branch} is not where it was read, so nothing was written.`,
  );
}

function notAccepted(branch: string, said: string): SluiceError {
  const message = `The server does not accept a push to ${branch}: ${cleanText(said.split('\n').slice(0, 3).join(' '), 300)}.`;
  return new SluiceError('GIT_ACCESS_DENIED', message, {
    next: 'Name a credential that may push, or a branch for a pull request.',
  });
}
