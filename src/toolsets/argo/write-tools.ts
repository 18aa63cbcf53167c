import type { WriteTools } from '../../commands/objects/write-command.ts';

export const ARGO: WriteTools = {
  toolset: 'argo',
  prefix: 'argo',
  follow:
    'Call argo_plan with the same arguments: it shows what is left. The write with its digest goes on from there.',
};
