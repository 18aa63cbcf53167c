import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { receiverWords } from './receiver-words.ts';

const input = z.strictObject({});
const output = z.strictObject({
  receivers: z.array(
    z.strictObject({
      name: z.string(),
      format: z.string(),
      events: z.array(z.string()),
      ok: z.boolean(),
      state: z.string(),
    }),
  ),
});

export const notificationList: Command<typeof input, typeof output> = {
  name: 'notification_list',
  title: 'Receivers of notifications',
  description:
    'Each receiver that is told about releases and deliveries, its events, its last delivery, and why messages wait or were given up.',
  kind: 'read',
  idempotent: true,
  toolset: 'notification',
  input,
  output,
  examples: [{ title: 'All receivers', input: {} }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run({ news }) {
    const known = await news.receivers();
    return {
      receivers: known.map((one) => {
        const { ok, text } = receiverWords(one);
        const { name, format, events } = one.receiver;
        return { name, format, events: [...events], ok, state: maskSecrets(cleanText(text)) };
      }),
    };
  },
  text: ({ receivers }) =>
    receivers.length === 0
      ? 'Nobody is told about releases and deliveries. Receivers are entries under news in the settings file.'
      : receivers.map(({ name, format, ok, state }) => `${ok ? '✓' : '✗'} ${name} (${format}): ${state}`).join('\n'),
};
