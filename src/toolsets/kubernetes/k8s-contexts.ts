import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';

const input = z.strictObject({});
const output = z.strictObject({
  contexts: z.array(z.string()),
  current: z.string().optional().describe('Where a call goes that names no cluster. Absent: name one in each call.'),
});

export const k8sContexts: Command<typeof input, typeof output> = {
  name: 'k8s_contexts',
  title: 'Contexts of the kubeconfig',
  description:
    'The contexts of the kubeconfig: the values of `cluster`. No tool changes the current one, because it is shared by all callers.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [{ title: 'All contexts', input: {} }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run({ clusters }) {
    const current = await clusters.current().catch(ignoreFailure);
    return {
      contexts: (await clusters.all()).map((name) => cleanText(name, 253)),
      ...(current === undefined ? {} : { current: cleanText(current, 253) }),
    };
  },
  text: ({ contexts, current }) =>
    contexts.length === 0
      ? 'The kubeconfig has no context.'
      : contexts.map((name) => `${name === current ? '*' : ' '} ${name}`).join('\n'),
};
