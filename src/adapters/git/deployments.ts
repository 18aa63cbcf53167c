import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { DeploymentPlace, DeploymentState, DeploymentsPort, DeploymentWrite } from '../../ports/deployments.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { copyTree } from './copy-tree.ts';
import { namesIn, readFolder, writeFolder } from './folder.ts';
import { IDENTITY } from './identity.ts';
import { entriesOf, textsOf } from './objects.ts';
import { git, GitFailure, gitLine, gitText } from './run.ts';
import { unpackTree } from './unpack.ts';

/** The most that a file of a deployment may have to be read. Larger ones are not files of ours. */
const MAX_BYTES = 1024 * 1024;
const NOTHING = '0'.repeat(40);

/** `deployments/` of the repository that contains `folder`. */
export function createDeployments(folder: string): DeploymentsPort {
  return {
    read: async (name, branch) => stateOf(await topOf(folder), name, branch),
    write: async (write) => written(await topOf(folder), write),
    readFolder: async (name) => readFolder(await placeOf(folder), name),
    writeFolder: async (name, files) => writeFolder(await placeOf(folder), name, files),
    place: async (name) => placed(await placeOf(folder), name),
    readCommit: async (name, commit) => readCommit(await topOf(folder), name, commit),
    withCommit: async (name, commit, use) => withCommit(await topOf(folder), { name, commit }, use),
    names: async () => namesIn(await placeOf(folder)),
  };
}

const pathOf = (name: string): string => `deployments/${name}`;

/** The top of the repository. Errors: REPOSITORY_NOT_FOUND, GIT_MISSING. */
async function topOf(folder: string): Promise<string> {
  try {
    return await gitText({ args: ['rev-parse', '--show-toplevel'], cwd: folder });
  } catch (error) {
    if (error instanceof GitFailure) throw noRepository(folder, error.said);
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') throw noRepository(folder, 'it is not a folder');
    throw error;
  }
}

/** Files of the working tree need no repository. */
async function placeOf(folder: string): Promise<string> {
  return (await gitLine({ args: ['rev-parse', '--show-toplevel'], cwd: folder }).catch(() => undefined)) ?? folder;
}

async function placed(top: string, name: string): Promise<DeploymentPlace> {
  return { folder: join(top, pathOf(name)), sourceDate: await sourceDateOf(top, name, 'HEAD') };
}

/** When the source or the Dockerfile was committed. 0 if they were not. */
async function sourceDateOf(top: string, name: string, commit: string): Promise<number> {
  const built = ['source', 'Dockerfile'].map((one) => `${pathOf(name)}/${one}`);
  const date = await gitLine({ args: ['log', '-1', '--format=%ct', commit, '--', ...built], cwd: top });
  return Number(date ?? 0);
}

function noRepository(folder: string, why: string): SluiceError {
  return new SluiceError(
    'REPOSITORY_NOT_FOUND',
    `${folder} is not a Git repository with a commit: ${cleanText(why, 200)}.`,
  );
}

/** The tree of a deployment in a commit. Errors: DEPLOYMENT_NOT_FOUND. */
async function folderTree(top: string, name: string, commit: string): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}:${pathOf(name)}`];
  const tree = await gitLine({ args, cwd: top });
  if (tree !== undefined) return tree;
  throw new SluiceError('DEPLOYMENT_NOT_FOUND', `The commit ${commit} has no folder ${pathOf(name)} in ${top}.`);
}

/** Errors: DEPLOYMENT_NOT_FOUND. */
async function readCommit(top: string, name: string, commit: string): Promise<Readonly<Record<string, string>>> {
  await folderTree(top, name, commit);
  return filesAt(top, commit, name);
}

/** Errors: DEPLOYMENT_NOT_FOUND, and those of `use`. */
async function withCommit<T>(
  top: string,
  { name, commit }: { readonly name: string; readonly commit: string },
  use: (place: DeploymentPlace) => Promise<T>,
): Promise<T> {
  const tree = await folderTree(top, name, commit);
  const sourceDate = await sourceDateOf(top, name, commit);
  return inTemporaryFolder('sluice-deployment-', async (temporary) => {
    const folder = join(temporary, name);
    await unpackTree(top, tree, { folder, sourceDate });
    return use({ folder, sourceDate });
  });
}

/** Errors: REPOSITORY_NOT_FOUND, REPOSITORY_NOT_CLEAN. */
async function stateOf(top: string, name: string, branch: string): Promise<DeploymentState> {
  const resolve = (ref: string) =>
    gitLine({ args: ['rev-parse', '--verify', '--quiet', '--end-of-options', ref], cwd: top });
  const tip = await resolve(`refs/heads/${branch}^{commit}`);
  const base = tip ?? (await resolve('HEAD^{commit}'));
  if (base === undefined) throw noRepository(top, 'it has no commit');
  await requireClean(top, name);
  const sourceTree = await resolve(`${base}:${pathOf(name)}/source`);
  return {
    base,
    branched: tip !== undefined,
    files: await filesAt(top, base, name),
    ...(sourceTree === undefined ? {} : { sourceTree }),
  };
}

/** Errors: REPOSITORY_NOT_CLEAN. */
async function requireClean(top: string, name: string): Promise<void> {
  const out = (await git({ args: ['status', '--porcelain', '-z', '--', pathOf(name)], cwd: top })).toString('utf8');
  const changed = out.split('\0').filter((line) => line !== '');
  if (changed.length === 0) return;
  const shown = changed.slice(0, 5).map((line) => cleanText(line.slice(3), 100));
  throw new SluiceError('REPOSITORY_NOT_CLEAN', `The working tree has changes without a commit: ${shown.join(', ')}.`);
}

async function filesAt(top: string, commit: string, name: string): Promise<Readonly<Record<string, string>>> {
  const under = `${pathOf(name)}/`;
  const entries = (await entriesOf(top, commit, under)).filter(
    ({ path, kind, size }) => !path.startsWith(`${under}source/`) && kind === 'file' && size <= MAX_BYTES,
  );
  return textsOf(
    top,
    entries.map(({ path, id }) => ({ path: path.slice(under.length), id })),
  );
}

/** The commit, as the branch has it now. Errors: REPOSITORY_CHANGED, REPOSITORY_BRANCH_IN_USE. */
async function written(top: string, write: DeploymentWrite): Promise<string> {
  const { branch, state } = write;
  await requireFree(top, branch);
  if (write.source) await copyTree(write.source, top);
  const commit = await committed(top, write, await treeOf(top, write));
  const old = state.branched ? state.base : NOTHING;
  const args = ['update-ref', '-m', 'sluice onboard', `refs/heads/${branch}`, commit, old];
  const moved = await gitLine({ args, cwd: top });
  const now = await gitLine({ args: ['rev-parse', '--verify', `refs/heads/${branch}`], cwd: top });
  if (moved !== undefined && now === commit) return commit;
  throw new SluiceError('REPOSITORY_CHANGED', `The branch ${branch} is not where it was read, so nothing was written.`);
}

/** Errors: REPOSITORY_BRANCH_IN_USE. */
async function requireFree(top: string, branch: string): Promise<void> {
  const where = await gitLine({ args: ['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`], cwd: top });
  if (where) throw new SluiceError('REPOSITORY_BRANCH_IN_USE', `The branch ${branch} is checked out in ${where}.`);
}

/** The tree of the next commit. An index of its own is used, so that of the user stays as it is. */
function treeOf(top: string, { name, state, source, files }: DeploymentWrite): Promise<string> {
  return inTemporaryFolder('sluice-index-', async (folder) => {
    const env = { GIT_INDEX_FILE: join(folder, 'index') };
    const run = (args: readonly string[], input = '') => git({ args, cwd: top, env, input });
    await run(['read-tree', state.base]);
    const old = source ? await entriesOf(top, state.base, `${pathOf(name)}/source/`) : [];
    const lines = old.map(({ path }) => removal(path));
    for (const { path, text, executable } of files) {
      const full = `${pathOf(name)}/${path}`;
      if (text === undefined) lines.push(removal(full));
      else lines.push(`${executable ? '100755' : '100644'} ${await blobOf(top, text)}\t${full}`);
    }
    await run(['update-index', '-z', '--index-info'], lines.map((line) => `${line}\0`).join(''));
    if (source) await run(['read-tree', `--prefix=${pathOf(name)}/source/`, source.tree]);
    return gitText({ args: ['write-tree'], cwd: top, env });
  });
}

const removal = (path: string): string => `0 ${NOTHING}\t${path}`;

function blobOf(top: string, text: string): Promise<string> {
  return gitText({ args: ['hash-object', '-w', '--stdin'], cwd: top, input: text });
}

async function committed(top: string, { state, message }: DeploymentWrite, tree: string): Promise<string> {
  const known = await gitLine({ args: ['config', 'user.email'], cwd: top });
  const env = known ? {} : IDENTITY;
  const args = ['commit-tree', tree, '-p', state.base, '-F', '-'];
  return gitText({ args, cwd: top, env, input: message });
}
