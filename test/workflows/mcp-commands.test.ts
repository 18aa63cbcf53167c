import { afterAll, expect, jest, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import { ServerRelease } from '../support/server-release.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(300_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const ADA = { who: 'cli:ada', sender: { identity: osUser('ada') } };

test('a release of an MCP server is approved, paused, resumed and skipped as any release, and its report says so', async () => {
  const one = new ServerRelease(temporal, 'commands');
  await one.open();
  let texts = '';
  try {
    await one.start({
      approval: { required: true },
      approvers: { by: [{ issuer: 'os', subject: 'ada' }] },
      analysis: { ...one.analysis, soak: '1h' },
    });
    const worker = await one.worker();
    await worker.runUntil(async () => {
      const traffic = async () => (await one.server()).versions.map((version) => version.traffic);
      await one.until(({ state }) => state === 'waiting-for-approval');
      await expect(one.update('approve', { who: 'mcp:agent' })).rejects.toMatchObject({
        cause: { type: 'APPROVAL_NOT_COUNTED' },
      });
      expect(await traffic()).toEqual([100, 0]);
      expect(await one.update('approve', { ...ADA, requestId: 'approve-by-ada' })).toMatchObject({
        outcome: 'applied',
      });

      await one.until(({ state }) => state === 'soaking');
      expect(await one.update('pause')).toMatchObject({ outcome: 'applied' });
      expect(await one.view()).toMatchObject({ state: 'paused', weightWanted: 50 });
      expect(await traffic()).toEqual([50, 50]);
      expect(await one.update('resume')).toMatchObject({ outcome: 'applied' });
      const skip = (step: number) =>
        one.update('skip-analysis', { ...ADA, requestId: `skip-${step}`, why: `known good ${step}` });
      expect(await skip(1)).toMatchObject({ outcome: 'applied', detail: 'step 2 is in force: weight 100' });
      await one.until(({ stepIndex, state }) => stepIndex === 1 && state === 'soaking');
      expect(await skip(2)).toMatchObject({ outcome: 'applied' });
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      texts = await eventTexts(one);
    });
    expect((await one.server()).versions.map(({ status, traffic }) => `${status} ${traffic}`)).toEqual([
      'inactive 0',
      'blue 100',
    ]);
    // Without a worker, and without the memo of the product's own start, only the state is known.
    await expect(eventTexts(one)).rejects.toThrow(/Temporal's record says succeeded\. Its details need a worker\./);
    expect(texts).toContain('analysis of step 1 skipped: known good 1');
    expect(texts).toContain('analysis of step 2 skipped: known good 2');
    expect(texts).toContain('approved');
    expect(texts).toContain('paused');
  } finally {
    await one.close();
  }
});

async function eventTexts(one: ServerRelease): Promise<string> {
  const words = ['release', 'get', 'release/mcp/servers/commands', '-o', 'json', '--detail', 'full'];
  const { events } = JSON.parse(await one.command(...words)) as { events: { text: string }[] };
  return events.map(({ text }) => text).join('\n');
}
