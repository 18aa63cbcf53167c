import { z } from 'zod';
import { objectName, placeFields } from '../../contract/place.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { settledToDeployment } from './settled.ts';
import { readSurroundings } from './surroundings.ts';
import { toDeployment } from './to-deployment.ts';
import { waitField } from './waited.ts';
import { CONVERT } from './write-tools.ts';

const fields = z.strictObject({
  ...placeFields,
  name: objectName.describe('Name of the Deployment.'),
  wait: waitField,
});

export const back: Action<typeof fields> = {
  name: 'back',
  fields,
  inOrder: true,
  async draft(context, { wait: _, ...asked }) {
    return toDeployment(context, await readSurroundings(context, asked));
  },
  settled: settledToDeployment,
  question(changes) {
    const deleted = changes.filter(({ write }) => write.how === 'delete').map(({ at }) => objectText(at));
    const end = deleted.length > 0 ? ` It deletes ${deleted.join(', ')}.` : '';
    return `Serve ${changes[0] ? objectText(changes[0].at) : ''} without its Rollout again?${end}`;
  },
};

export const convertBack = writeCommand(CONVERT, back, {
  title: 'Make a Deployment of a converted Rollout again',
  description:
    'Undoes convert_deployment, as convert_plan has shown it: the Deployment gets its pods back, the routes lead to its Service, and the Rollout, the TraefikService and the canary Service are deleted. Refused while a release runs. Needs confirm. After an interruption a new plan goes on.',
  kind: 'destructive',
  example: {
    title: 'The Deployment web',
    input: { namespace: 'shop', name: 'web', digest: '0123456789abcdef', confirm: 'Deployment shop/web' },
  },
});
