import type { WriteTools } from '../../commands/objects/write-command.ts';

export const CONVERT: WriteTools = {
  toolset: 'conversion',
  prefix: 'convert',
  follow: 'convert_plan shows what is left, and the write with its digest goes on from there.',
};
