import { z } from 'zod';
import { repositoryFields } from '../../contract/helm.ts';
import { reading } from './limits.ts';
import { repositoryWrite } from './repository-write.ts';

export const helmRepoRemove = repositoryWrite({
  name: 'helm_repo_remove',
  title: 'Remove a chart repository',
  description: 'Removes a repository from those that Helm knows. Releases from its charts stay as they are.',
  positional: ['name'],
  input: z.strictObject({ name: repositoryFields.name }),
  example: { title: 'Remove a repository', input: { name: 'team' } },
  async run(context, { name }) {
    const { helm } = context.ports;
    const call = reading(context);
    const isKnown = async () => (await helm.repositories(call)).some((one) => one.name === name);
    if (!(await isKnown())) return { changed: false, effective: 'proved', reason: `Helm knows no repository ${name}` };
    await helm.removeRepository(name, call);
    if (await isKnown()) return { changed: true, effective: 'pending', reason: `Helm still lists ${name}` };
    return { changed: true, effective: 'proved', reason: `Helm does not list ${name} any more` };
  },
});
