import { expect, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import type { StepDone, StepWork } from '../../src/domain/delivery/delivery.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import { starterOf } from '../../src/domain/release/approval.ts';
import type { ReleaseState } from '../../src/domain/release/state.ts';
import type { Vulnerability } from '../../src/domain/delivery/vulnerabilities.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { settingsWith } from '../support/settings.ts';

const IMAGE = 'localhost:5000/web:v1.0.0';
const BUILT = { commit: 'b'.repeat(40), image: IMAGE, imageId: `sha256:${'1'.repeat(64)}`, builder: 'fake' };

interface World {
  readonly services: CommandServices;
  readonly delivery: ReturnType<typeof createFakeDelivery>;
  readonly requests: string[];
  readonly starters: (string | undefined)[];
  run(step: 'onboard' | 'build' | 'check' | 'push' | 'release', work?: Partial<StepWork>): Promise<StepDone>;
}

function world(releaseState: ReleaseState = 'succeeded', settings = {}): World {
  const gateway = createFakeGateway([aView({ id: 'release/prod/shop/web', state: releaseState, closedAt: 1 })]);
  const delivery = createFakeDelivery();
  const services = { ...fakeServices(gateway), settings: settingsWith({ builder: 'buildah', ...settings }), delivery };
  const requests: string[] = [];
  const starters: (string | undefined)[] = [];
  const steps = createDeliverySteps(services, {
    start: async ({ caller }, { request_id: request, image, target }) => {
      starters.push(starterOf(caller));
      requests.push(`${request} ${target.namespace}/${target.rollout} ${image}`);
      return { release_id: 'release/prod/shop/web', run_id: aView().runId };
    },
  });
  const signal = new AbortController().signal;
  const work = { input: DELIVERY_INPUT, facts: BUILT, runId: 'run-1', attempt: 1 };
  return { services, delivery, requests, starters, run: (step, more) => steps[step]({ ...work, ...more }, { signal }) };
}

test('the deployment is written once; a repetition finds it', async () => {
  const { run, delivery } = world();

  const first = await run('onboard', { facts: {} });
  const again = await run('onboard', { facts: {} });

  expect([first.facts, again.facts]).toEqual([
    { commit: 'b'.repeat(40), sourceTree: 'e'.repeat(40), image: IMAGE },
    { commit: 'b'.repeat(40), sourceTree: 'e'.repeat(40), image: IMAGE },
  ]);
  expect(delivery.writes).toHaveLength(1);
});

test.each([
  ['the source', { sourceCommit: 'f'.repeat(40) }],
  ['the branch', { base: 'f'.repeat(40) }],
])('a plan whose %s has moved is not written', async (_, moved) => {
  const { run, delivery } = world();
  const input = { ...DELIVERY_INPUT, ...moved };

  await expect(run('onboard', { facts: {}, input })).rejects.toMatchObject({ code: 'PLAN_CHANGED' });
  expect(delivery.writes).toEqual([]);
});

test('who has started a delivery has started its release, and so does not approve it', async () => {
  const { run, starters } = world();
  const facts = { ...BUILT, digest: `sha256:${'2'.repeat(64)}`, first: false };
  const { proposer: _, ...older } = DELIVERY_INPUT;
  const claude = { kind: 'agent', issuer: 'client', subject: 'claude', name: 'claude' } as const;
  const proposer = { identity: claude, onBehalfOf: osUser('bob') };

  await run('release', { facts });
  await run('release', { facts, input: { ...DELIVERY_INPUT, proposer } });
  await run('release', { facts, input: older });

  expect(starters).toEqual(['os#ada', 'os#bob', undefined]);
});

test('a worker builds only where a setting names the builder', async () => {
  await expect(world('succeeded', { builder: undefined }).run('build')).rejects.toMatchObject({
    code: 'BUILDER_MISSING',
    message: expect.stringMatching(/^This worker does not build/),
  });
  expect((await world().run('build')).facts).toMatchObject({ imageId: BUILT.imageId, builder: 'fake' });
});

test('files that look like credentials stop the delivery before the push, with their findings', async () => {
  const { run, delivery } = world();
  const suspects = [{ rule: 'private-key', path: 'app/key.pem', layer: 2 }];
  Object.assign(delivery.content, {
    examine: async () => ({ bytes: 9, layers: 2, files: 1, notSearched: 0, suspects }),
  });

  const found = await run('check');

  expect(found.refused).toMatchObject({ code: 'CHECK_FAILED' });
  expect(found.findings).toContainEqual({
    check: 'secrets',
    outcome: 'failed',
    text: 'private-key: app/key.pem in layer 2',
  });
  expect((await world().run('check')).refused).toBeUndefined();
});

const FILE = { file: '/sboms/web.json', sha256: 'a'.repeat(64) };
const BILL = { program: 'syft 1.57.1', packages: 12, spdx: FILE, cyclonedx: FILE };
const FOUND = { id: 'CVE-2026-1', severity: 'high', package: 'left-pad 1.0.0', fixedIn: ['1.0.1'] } as const;

/** A world whose scanner has found this. */
function scanned(found: readonly Vulnerability[], settings = {}): World {
  const one = world('succeeded', settings);
  Object.assign(one.delivery.scanners, {
    sbom: async () => BILL,
    vulnerabilities: async () => ({ program: 'grype 0.121.3', found }),
  });
  return one;
}

test('a check that cannot run never counts as passed, and stops the delivery where it is required', async () => {
  const found = await world().run('check');
  const required = await world('succeeded', { requiredChecks: ['sbom', 'vulnerabilities'] }).run('check');

  expect(found.reason).toBe('nothing was found; not run: sbom, vulnerabilities');
  expect(found.refused).toBeUndefined();
  expect(found.findings?.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
    'secrets passed',
    'sbom not-run',
    'vulnerabilities not-run',
  ]);
  expect(found.findings?.[2]?.text).toBe('not scanned: there is no SBOM');
  expect(required.refused?.reason).toMatch(/^sbom: no SBOM was made: .*\. vulnerabilities: not scanned: /);
});

test('a bill of materials and a scan without findings pass, and their files and digests are kept', async () => {
  const done = await scanned([{ ...FOUND, severity: 'medium' }]).run('check');

  expect(done).toMatchObject({
    reason: 'every check has passed',
    facts: { sbom: { spdx: FILE.sha256, cyclonedx: FILE.sha256 } },
    figures: { packages: 12, spdx: FILE.file, cyclonedx: FILE.file, vulnerabilities: 1, scanner: 'grype 0.121.3' },
  });
  expect(done.refused).toBeUndefined();
  expect(done.findings?.[2]?.text).toBe('grype 0.121.3 has found 1 medium in 12 packages');
});

test.each([
  ['of the blocked severity', FOUND, {}],
  ['that is worse', { ...FOUND, severity: 'critical' }, {}],
  ['of an unknown severity', { ...FOUND, severity: 'unknown' }, {}],
  ['of a severity that is blocked here', { ...FOUND, severity: 'low' }, { blockedSeverity: 'low' }],
] as const)('a vulnerability %s stops the delivery, until a waiver names it', async (_, found, settings) => {
  const { run, delivery } = scanned([found], settings);
  const read = delivery.deployments.read;
  expect((await run('check')).refused?.reason).toBe(
    `vulnerabilities: CVE-2026-1 (${found.severity}): left-pad 1.0.0 (fixed in 1.0.1)`,
  );

  const waiver = { rule: 'CVE-2026-1', digest: BUILT.imageId, reason: 'a', person: 'ada', expires: '2999-01-01' };
  Object.assign(delivery.deployments, {
    read: async (name: string, branch: string) => {
      const state = await read(name, branch);
      return { ...state, files: { ...state.files, 'waivers.yaml': JSON.stringify({ waivers: [waiver] }) } };
    },
  });
  const waived = await run('check');
  expect(waived.refused).toBeUndefined();
  expect(waived.findings?.at(-1)).toMatchObject({ check: 'vulnerabilities', outcome: 'waived' });
  // Without a scan nobody knows whether the waiver is needed.
  Object.assign(delivery.scanners, { vulnerabilities: async () => ({ notRun: 'it is away' }) });
  expect((await run('check')).refused).toBeUndefined();
});

test('what is pushed is read back, and its digest is committed once, also after a waiver was committed meanwhile', async () => {
  const { run, delivery } = world();
  await run('onboard', { facts: {} });
  const facts = { ...BUILT, sourceTree: 'e'.repeat(40) };

  const [first, again] = [await run('push', { facts }), await run('push', { facts })];

  expect(first.facts).toEqual({ digest: `sha256:${'d'.repeat(64)}`, pinnedCommit: 'b'.repeat(40) });
  expect(again.facts).toEqual(first.facts);
  expect(delivery.writes).toHaveLength(2);
  expect(delivery.pushed).toContain(IMAGE);
});

test('an image of another source than the branch has now is not named by the branch', async () => {
  const { run, delivery } = world();
  await run('onboard', { facts: {} });

  const pushing = run('push', { facts: { ...BUILT, sourceTree: 'f'.repeat(40) } });

  await expect(pushing).rejects.toMatchObject({ code: 'REPOSITORY_CHANGED' });
  expect(delivery.writes).toHaveLength(1);
});

test('the release of a later version has one request id for each attempt, and its end is that of the step', async () => {
  const { run, requests } = world();
  const facts = { ...BUILT, digest: `sha256:${'d'.repeat(64)}`, first: false };

  const [done, again] = [await run('release', { facts }), await run('release', { facts })];
  await run('release', { facts, attempt: 2 });
  const failed = await world('rolled-back').run('release', { facts });

  expect([done.refused, again.refused]).toEqual([undefined, undefined]);
  expect(requests.map((one) => one.split(' ')[0])).toEqual([
    'delivery-run-1-1',
    'delivery-run-1-1',
    'delivery-run-1-2',
  ]);
  expect(requests[0]).toContain(`shop/web ${IMAGE}@${facts.digest}`);
  expect(failed.refused).toMatchObject({
    code: 'DELIVERY_RELEASE_ENDED',
    reason: expect.stringMatching(/^rolled-back/),
  });
  expect(await run('release', { facts: { ...facts, first: true } })).toMatchObject({ skipped: true });
});

test('a release outside of the allow list is not started', async () => {
  const { run, requests } = world('succeeded', { allowedNamespaces: ['other'] });
  const facts = { ...BUILT, digest: `sha256:${'d'.repeat(64)}`, first: false };

  await expect(run('release', { facts })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  expect(requests).toEqual([]);
});
