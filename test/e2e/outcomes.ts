import { expect } from '@jest/globals';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type Scenario } from '../support/releases-scenario.ts';

const failed = (metric: string) => ({
  outcome: 'fail',
  findings: expect.arrayContaining([expect.objectContaining({ metric, outcome: 'fail' })]),
});

/** What becomes of versions that are good, and of those that are not, when nobody interferes. */
export const outcomes: Scenario[] = [
  ...forBoth(
    'a good version is released',
    async (stage) => {
      const release = await stage.start();
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { record: 'good' },
  ),

  ...forBoth(
    'errors above the limit are rolled back',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('errors-60');
      await expectEnd(release, 'rolled-back');
      expect(release.last?.verdict).toMatchObject(failed('success-ratio'));
      return back(before);
    },
    { record: 'errors' },
  ),

  ...forBoth(
    'latency above the limit is rolled back',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('slow-900');
      await expectEnd(release, 'rolled-back');
      expect(release.last?.verdict).toMatchObject(failed('p95'));
      return back(before);
    },
    { record: 'latency' },
  ),

  ...forBoth(
    'a version that never gets ready runs into its deadline and is rolled back',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('never-ready', { timeouts: { step: '6s' } });
      await expectEnd(release, 'rolled-back');
      expect(release.last?.reason).toMatch(/new version ready: not within 6 s/);
      return back(before);
    },
    { record: 'never-ready' },
  ),

  ...forBoth(
    'without traffic it holds, asks, and is rolled back when nobody answers',
    async (stage) => {
      const before = await stage.present();
      await stage.noTraffic();
      const release = await stage.start('', { analysis: { hold: '3s' }, timeouts: { decision: '4s' } });
      const asked = await release.reaches('waiting-for-decision');
      expect(asked).toMatchObject({
        verdict: { outcome: 'no-data' },
        waiting: { for: 'decision', answers: ['skip-analysis', 'abort'] },
      });
      await expectEnd(release, 'rolled-back');
      expect(release.last?.reason).toMatch(/nobody decided within 4 s, and the outcome stayed open: no data/);
      return back(before);
    },
    { record: 'no-traffic-no-answer' },
  ),

  ...forBoth(
    'without traffic it asks, and goes on by itself when the traffic comes',
    async (stage) => {
      await stage.noTraffic();
      const release = await stage.start('', { analysis: { hold: '2s' } });
      await release.reaches('waiting-for-decision');
      await stage.traffic();
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { record: 'no-traffic-then-some' },
  ),

  ...forBoth('the next release starts without a hand after a rollback', async (stage) => {
    await expectEnd(await stage.start('errors-60'), 'rolled-back');
    const next = await stage.start();
    await expectEnd(next, 'succeeded');
    return released(next.image);
  }),
];
