import { z } from 'zod';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { isAllowed } from '../../commands/access.ts';
import { cron } from '../../contract/cron.ts';
import { duration, toMs } from '../../contract/duration.ts';
import { parse, type Problem } from '../../contract/parse.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { compact } from '../../contract/release-view.ts';
import { reason } from '../../contract/target.ts';
import type { ReleaseSchedule } from '../../domain/release/schedule.ts';
import { parseReleaseId } from '../../domain/release/target.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { identified } from './identified.ts';
import { specOf } from './spec-of.ts';
import { idOf, whichRelease } from '../../commands/which-release.ts';
import { plural } from '../../domain/plural.ts';

const ACTIONS = ['create', 'list', 'pause', 'unpause', 'trigger', 'delete'] as const;
const { target: _target, image, ...others } = releaseFile.shape;
/** The fields of a release, beside its target. */
const flat = { image: image.optional(), ...others };
const input = z.strictObject({
  action: z.enum(ACTIONS).describe('What to do.'),
  ...whichRelease,
  release: z.record(z.string(), z.unknown()).optional().describe('create: as release_plan takes it.'),
  cron: cron.optional().describe('Five fields.'),
  every: duration.optional().describe('Instead of cron: 6h.'),
  time_zone: z
    .string()
    .max(60)
    .refine(isTimeZone, 'is not an IANA time zone, such as Europe/Berlin')
    .optional()
    .describe('IANA, for cron. Default UTC.'),
  reason: reason.optional(),
  confirm: confirmField,
  // A release may also be given as release_start takes it, beside the times. Its fields are flags of the command line.
  ...flat,
});
type Input = z.output<typeof input>;

const schedule = z.strictObject({
  release_id: z.string(),
  image: z.string(),
  when: z.string(),
  time_zone: z.string(),
  paused: z.boolean(),
  note: z.string().optional(),
  next: z.string().optional(),
  last: z.strictObject({ at: z.string(), outcome: z.string() }).optional(),
});
const output = z.strictObject({ done: z.string(), schedules: z.array(schedule) });

/** Starts releases at times. One schedule a target. */
export const releaseSchedule: Command<typeof input, typeof output> = {
  name: 'release_schedule',
  title: 'Schedule a release',
  description:
    'Starts a release by cron or interval; one schedule a target. A busy target is skipped, unless when_busy.',
  kind: 'write',
  idempotent: false,
  toolset: 'release',
  input,
  output,
  listed: {
    input: ['action', 'release_id', 'release', 'cron', 'every', 'time_zone', 'confirm'],
    output: ['done', 'schedules'],
  },
  examples: [
    {
      title: 'Every night',
      input: {
        action: 'create',
        cron: '0 22 * * 1-5',
        time_zone: 'Europe/Berlin',
        release: { target: { namespace: 'shop', rollout: 'web' }, image: 'registry.example/web:v2' },
      },
    },
  ],
  check: (raw) => check(raw),
  touches: async (context, which) => {
    if (which.action === 'list') return [{}];
    if (which.action === 'create') return [(which.release as ReleaseFile).target];
    return [parseReleaseId(await idOf(context, which)) ?? {}];
  },
  confirmation: (context, which) => confirmationOf(context, which),
  run: async (context, which) => act(context, which),
  text: ({ done, schedules }) => [done, ...schedules.map(line)].join('\n'),
};

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function check(raw: unknown): Input {
  const whole = withRelease(raw ?? {});
  const given = parse(input, whole, problemsOf(whole as Partial<Input>));
  if (given.action === 'create') parseReleaseFile(releaseFile, given.release);
  return given;
}

/** For create, the fields of a release that stand beside the times become its `release`. */
function withRelease(raw: unknown): unknown {
  const given = raw as Partial<Input>;
  if (given.action !== 'create' || given.release !== undefined) return raw;
  const own = Object.fromEntries(Object.entries(given).filter(([name]) => Object.hasOwn(flat, name)));
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(flat, name)));
  const { release_id: id, target: named, ...times } = rest as Partial<Input>;
  const target = named ?? (id === undefined ? undefined : parseReleaseId(id));
  if (target === undefined && Object.keys(own).length === 0) return raw;
  return { ...times, release: { ...(target !== undefined && { target }), ...own } };
}

const LEAST_MS = 60_000;

/** Cron has minutes too. A text that is no duration is refused by the schema. */
function isTooOften(text: string): boolean {
  return duration.safeParse(text).success && toMs(text) < LEAST_MS;
}

function problemsOf(given: Partial<Input>): Problem[] {
  const { action, release_id: id, target, release, cron, every, time_zone: zone } = given;
  // The schema names an unknown action. What belongs to which action means nothing then.
  if (action === undefined || !ACTIONS.includes(action)) return [];
  const named = id !== undefined || target !== undefined;
  const own = Object.keys(given).filter((name) => Object.hasOwn(flat, name));
  if (action === 'create')
    return [
      ...(release === undefined ? [{ path: 'release', message: 'is missing: give its target and its image' }] : []),
      ...((cron === undefined) === (every === undefined) ? [{ path: 'cron', message: 'give cron or every' }] : []),
      ...(typeof every === 'string' && isTooOften(every) ? [{ path: 'every', message: 'must be at least 1m' }] : []),
      ...(zone !== undefined && cron === undefined ? [{ path: 'time_zone', message: 'is for cron only' }] : []),
      ...(named ? [{ path: 'release_id', message: 'not beside release, which names its target' }] : []),
      ...own.map((path) => ({ path, message: 'not beside release' })),
    ];
  const foreign = Object.entries({ release, cron, every, time_zone: zone }).filter(([, value]) => value !== undefined);
  return [
    ...[...foreign.map(([path]) => path), ...own].map((path) => ({
      path,
      message: `is for create only, not for ${action}`,
    })),
    ...(action === 'list' || named ? [] : [{ path: 'release_id', message: 'is missing: give release_id, or target' }]),
  ];
}

/** A deleted schedule cannot be brought back, and the release that it would have started never comes. */
async function confirmationOf(context: CommandContext, which: Input): Promise<Confirmation | undefined> {
  if (which.action !== 'delete') return undefined;
  const id = await idOf(context, which);
  return { value: id, question: `Delete the schedule of ${id}? It starts no release any more.` };
}

const DONE = { pause: 'paused', unpause: 'unpaused', trigger: 'triggered' } as const;

async function act(context: CommandContext, which: Input): Promise<z.output<typeof output>> {
  const { gateway, settings, caller } = context;
  const { schedules } = gateway;
  if (which.action === 'list') {
    const all = await schedules.list();
    const mine = all.filter(({ releaseId }) => isAllowed(parseReleaseId(releaseId)?.namespace ?? '', settings));
    return { done: plural(mine.length, 'schedule'), schedules: mine.map(shown) };
  }
  const note = `${which.action} by ${caller.id}${which.reason ? `: ${which.reason}` : ''}`;
  if (which.action === 'create') return { done: 'created', schedules: [shown(await create(context, which, note))] };
  const id = await idOf(context, which);
  if (which.action === 'delete') {
    requireConfirmation(await confirmationOf(context, which), which.confirm);
    await schedules.remove(id);
    return { done: `deleted the schedule of ${id}`, schedules: [] };
  }
  const changed = which.action === 'trigger' ? schedules.trigger(id) : schedules[which.action](id, note);
  return { done: DONE[which.action], schedules: [shown(await changed)] };
}

async function create(context: CommandContext, which: Input, note: string): Promise<ReleaseSchedule> {
  const file = parseReleaseFile(releaseFile, which.release);
  const spec = await identified(context, await specOf(context, file));
  // A release of a target that does not exist would be refused each time, when nobody looks.
  const { workload } = await context.worlds.of(spec.target.cluster, spec.clusterUid, spec);
  await workload.read(spec.target);
  return context.gateway.schedules.create({
    spec,
    startedBy: `schedule of ${context.caller.id}`,
    ...(spec.whenBusy && { caller: context.caller }),
    note,
    when: compact({
      cron: which.cron,
      everyMs: which.every === undefined ? undefined : toMs(which.every),
      timeZone: which.time_zone ?? 'UTC',
    }),
  });
}

function shown(seen: ReleaseSchedule): z.output<typeof schedule> {
  const safe = (text: string): string => maskSecrets(cleanText(text));
  return compact({
    release_id: seen.releaseId,
    image: safe(seen.image),
    when: safe(seen.when),
    time_zone: seen.timeZone,
    paused: seen.paused,
    note: seen.note === undefined ? undefined : safe(seen.note),
    next: seen.next === undefined ? undefined : new Date(seen.next).toISOString(),
    last: seen.last && { at: new Date(seen.last.at).toISOString(), outcome: safe(seen.last.outcome) },
  });
}

function line(seen: z.output<typeof schedule>): string {
  const next = seen.paused ? `paused${seen.note ? ` (${seen.note})` : ''}` : `next ${seen.next ?? 'never'}`;
  const last = seen.last ? `; last ${seen.last.at}: ${seen.last.outcome}` : '';
  return `${seen.release_id} → ${seen.image}: ${whenOf(seen)}, ${next}${last}`;
}

/** An interval counts from the epoch, in no zone. */
function whenOf({ when, time_zone: zone }: z.output<typeof schedule>): string {
  return when.startsWith('every ') ? when : `${when} ${zone}`;
}
