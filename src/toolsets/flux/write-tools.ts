import type { WriteTools } from '../../commands/objects/write-command.ts';

export const FLUX: WriteTools = {
  toolset: 'flux',
  prefix: 'flux',
  follow: 'Call flux_get for the object: its conditions and events say how far it is.',
};
