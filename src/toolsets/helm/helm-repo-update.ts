import { z } from 'zod';
import { repositoryName } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { plural } from '../../domain/plural.ts';
import { reading } from './limits.ts';
import { repositoryWrite } from './repository-write.ts';

export const helmRepoUpdate = repositoryWrite({
  name: 'helm_repo_update',
  title: 'Read the indexes of chart repositories again',
  description: 'Reads the indexes of all chart repositories, or of one, so that helm_search_repo finds new versions.',
  positional: [],
  input: z.strictObject({ name: repositoryName.optional().describe('Only this one.') }),
  example: { title: 'Update all', input: {} },
  async run(context, { name }) {
    const { helm } = context.ports;
    const call = reading(context);
    const known = await helm.repositories(call);
    const wanted = known.filter((one) => name === undefined || one.name === name);
    if (name !== undefined && wanted.length === 0)
      throw new SluiceError('UNKNOWN_NAME', `Helm knows no repository ${name}.`, {
        next: 'Call helm_repo_list for those that it knows.',
      });
    if (wanted.length === 0) return { changed: false, effective: 'proved', reason: 'Helm knows no repository' };
    await helm.updateRepositories(
      wanted.map((one) => one.name),
      call,
    );
    return { changed: true, effective: 'proved', reason: `Helm has read ${plural(wanted.length, 'index', 'indexes')}` };
  },
});
