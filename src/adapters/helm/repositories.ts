import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { HelmCall, HelmPort } from '../../ports/helm.ts';
import type { HelmRunner, Run } from './runner.ts';
import { inWorkspace } from './workspace.ts';

const Repositories = z.array(z.object({ name: z.string(), url: z.string() }));
const Found = z.array(
  z.object({
    name: z.string(),
    version: z.string(),
    app_version: z.string().optional(),
    description: z.string().optional(),
  }),
);
/** Helm's words when there is no repository. */
const NONE = /no repositories (to show|configured|found)/i;

/** The part of HelmPort about chart repositories. Helm keeps them in its own configuration. */
export function repositoryCalls(
  helm: HelmRunner,
): Pick<HelmPort, 'repositories' | 'addRepository' | 'updateRepositories' | 'removeRepository' | 'search'> {
  const run = (given: Omit<Run, 'cwd'>, call: HelmCall) => inWorkspace((cwd) => helm.run({ ...given, cwd }, call));
  return {
    async repositories(call) {
      const given = { what: 'list its repositories', command: ['repo', 'list'], flags: ['--output=json'] };
      const { stdout } = await run(given, call).catch(emptyIf(NONE));
      return Repositories.parse(JSON.parse(stdout || '[]'));
    },
    async addRepository({ name, url }, call) {
      await run({ what: `add the repository ${name}`, command: ['repo', 'add'], positional: [name, url] }, call);
    },
    async updateRepositories(names, call) {
      await run({ what: 'update its repositories', command: ['repo', 'update'], positional: names }, call);
    },
    async removeRepository(name, call) {
      await run({ what: `remove the repository ${name}`, command: ['repo', 'remove'], positional: [name] }, call);
    },
    async search(keyword, { versions, range }, call) {
      const flags = [
        '--output=json',
        ...(versions ? ['--versions'] : []),
        ...(range === undefined ? [] : [`--version=${range}`]),
      ];
      const given = { what: 'search its repositories', command: ['search', 'repo'], flags, positional: [keyword] };
      const { stdout } = await run(given, call).catch(emptyIf(NONE));
      return Found.parse(JSON.parse(stdout || '[]')).map(({ name, version, app_version, description }) => ({
        name,
        version,
        appVersion: app_version ?? '',
        description: description ?? '',
      }));
    },
  };
}

/** No repository is an empty list, and no error. */
function emptyIf(known: RegExp): (error: unknown) => { readonly stdout: string } {
  return (error) => {
    if (error instanceof SluiceError && known.test(error.message)) return { stdout: '' };
    throw error;
  };
}
