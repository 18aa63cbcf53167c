import { z } from 'zod';
import { repositoryFields } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { reading } from './limits.ts';
import { repositoryWrite } from './repository-write.ts';

export const helmRepoAdd = repositoryWrite({
  name: 'helm_repo_add',
  title: 'Add a chart repository',
  description:
    'Adds an HTTP repository to those that Helm knows, after its index was read. A name that stands for another address is refused.',
  positional: ['name', 'url'],
  input: z.strictObject(repositoryFields),
  example: { title: 'Add a repository', input: { name: 'team', url: 'https://charts.example/stable' } },
  async run(context, { name, url }) {
    const { helm } = context.ports;
    const call = reading(context);
    const known = (await helm.repositories(call)).find((one) => one.name === name);
    if (known?.url === url) return { changed: false, effective: 'proved', reason: `Helm knows ${name} already` };
    if (known)
      throw new SluiceError('ALREADY_EXISTS', `The repository ${name} has another address, ${known.url}.`, {
        next: 'Choose another name, or remove it first with helm_repo_remove.',
      });
    await helm.addRepository({ name, url }, call);
    const added = (await helm.repositories(call)).some((one) => one.name === name && one.url === url);
    if (added) return { changed: true, effective: 'proved', reason: `Helm lists ${name}, and has read its index` };
    return { changed: true, effective: 'pending', reason: `Helm added ${name}, but does not list it` };
  },
});
