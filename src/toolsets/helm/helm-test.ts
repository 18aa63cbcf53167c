import { z } from 'zod';
import { helmReleaseFields } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { releaseText, type HelmHook } from '../../domain/helm/release.ts';
import { maskSecrets } from '../../domain/safe-text.ts';
import type { HelmAction, Written } from './action.ts';
import { recordOf, recordsOf, releaseAt, requireFree } from './revisions.ts';
import type { Settled } from './settled.ts';
import { hookSecondsOf, waitFields, writeCommand } from './write-command.ts';

const fields = z.strictObject({ ...helmReleaseFields, hook_seconds: waitFields.hook_seconds });

export const test: HelmAction<typeof fields> = {
  name: 'test',
  fields,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const record = recordOf(at, await recordsOf(context, at));
    requireFree(record);
    const from = await context.ports.helmReleases.open(record);
    const hooks = from.hooks.filter(isTest);
    if (hooks.length === 0)
      throw new SluiceError('NOT_APPLICABLE', `The chart of ${releaseText(at)} has no tests.`, {
        next: 'Call helm_status to see whether its objects are ready.',
      });
    return use({
      at,
      record,
      from,
      present: [],
      wanted: [],
      shape: hooks.map(({ manifest }) => manifest),
      hooks,
      crds: [],
      warnings: ['The tests run in the cluster, with the rights of their pods.'],
      verbs: ['update'],
      write: (limits) => context.ports.helm.test(at, hookSecondsOf(asked), limits),
      settled: async (result) => {
        const now = await context.ports.helmReleases.open(recordOf(at, await recordsOf(context, at)));
        return outcomeOf(now.hooks.filter(isTest), result);
      },
    });
  },
};

function isTest({ events }: HelmHook): boolean {
  return events.includes('test') || events.includes('test-success');
}

function outcomeOf(
  hooks: readonly HelmHook[],
  { written, failure }: { readonly written?: Written; readonly failure?: string },
): Settled {
  if (failure !== undefined)
    return { changed: true, effective: 'refused', reason: failure, next: 'Call helm_get with the part hooks.' };
  const output = maskSecrets(written?.output ?? '');
  const failed = hooks.filter(({ phase }) => phase === 'Failed').map(({ name }) => name);
  if (written?.passed)
    return { changed: true, effective: 'proved', reason: `every test has passed: ${namesOf(hooks)}`, output };
  const reason = failed.length > 0 ? `tests have failed: ${failed.join(', ')}` : 'Helm could not run the tests';
  return { changed: true, effective: 'refused', reason: `${reason}; the output says why`, output };
}

function namesOf(hooks: readonly HelmHook[]): string {
  return hooks.map(({ name }) => name).join(', ');
}

export const helmTest = writeCommand(test, {
  title: 'Run the tests of a release',
  description:
    'Runs the test hooks of a release, those that helm_plan has shown, and gives their result and their logs.',
  kind: 'write',
  example: { title: 'Test site', input: { namespace: 'shop', name: 'site', digest: '0123456789abcdef' } },
});
