import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { compact } from '../../contract/release-view.ts';
import { toWindow, windowFields } from '../../contract/window-view.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Command } from '../../commands/command.ts';
import type { WindowOccurrence } from '../../ports/windows.ts';

const input = z.strictObject(rolloutFields);
const occurrence = z.strictObject({
  name: z.string(),
  kind: z.string(),
  active: z.boolean(),
  from: z.string().optional().describe('Of the active occurrence, else of the next one.'),
  to: z.string().optional(),
  time_zone: z.string(),
  rrule: z.string().optional(),
  on_close: z.string(),
  reason: z.string().optional(),
});
const output = z.strictObject({
  cluster: z.string(),
  namespace: z.string(),
  name: z.string(),
  ...windowFields,
  windows: z.array(occurrence),
});

export const windowList: Command<typeof input, typeof output> = {
  name: 'window_list',
  title: 'Windows of a target',
  description:
    'Whether releases of a target may act now, why, and when that changes; and each window that concerns it, with its active or next occurrence.',
  kind: 'read',
  idempotent: true,
  toolset: 'window',
  input,
  output,
  examples: [{ title: 'Windows of one Rollout', input: { namespace: 'shop', name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { cluster = '', namespace, name }) {
    const target = { cluster: cluster || (await context.clusters.current()), namespace, rollout: name };
    const now = Date.now();
    const [state, list] = await Promise.all([
      context.windows.stateOf(target, now),
      context.windows.listOf(target, now),
    ]);
    return { cluster: target.cluster, namespace, name, ...toWindow(state), windows: list.map(toOccurrence) };
  },
  text: ({ cluster, namespace, name, reason, windows }) =>
    [`${namespace}/${name} on ${cluster}: ${reason}`, ...windows.map(line)].join('\n'),
};

function toOccurrence({ window, active, from, to }: WindowOccurrence): z.output<typeof occurrence> {
  return compact({
    name: window.name,
    kind: window.kind,
    active,
    from: from === undefined ? undefined : new Date(from).toISOString(),
    to: to === undefined ? undefined : new Date(to).toISOString(),
    time_zone: window.timeZone,
    rrule: window.rrule,
    on_close: window.onClose,
    reason: window.reason === undefined ? undefined : cleanText(window.reason),
  });
}

function line({ name, kind, active, from, to, reason }: z.output<typeof occurrence>): string {
  const why = reason === undefined ? '' : ` (${reason})`;
  if (from === undefined) return `${kind} ${name}${why}: no occurrence within the next 400 days`;
  return `${kind} ${name}${why}: ${active ? 'active since' : 'next'} ${from}, until ${to}`;
}
