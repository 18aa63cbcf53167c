import { expect, test } from '@jest/globals';
import { parseReleaseFile, releaseFile } from '../../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../../src/contract/release-spec.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { releaseId } from '../../../src/domain/release/target.ts';
import { DEFAULTS } from '../../support/fake-gateway.ts';

const short = { strategy: 'mcp', server: 'demo', version: '2.0.0' };
const read = (file: object) => parseReleaseFile(releaseFile, file, 'canary');
const specOf = (file: object) => toReleaseSpec(read(file), 'prod', DEFAULTS);

function refused(file: object): string {
  try {
    specOf(file);
  } catch (error) {
    if (error instanceof SluiceError) return error.message;
    throw error;
  }
  throw new Error('the file was accepted');
}

test('a server and its version stand for target and image', () => {
  const spec = specOf({ ...short, steps: [20, 100], contract_reason: 'wanted', replay: { changing: ['a'] } });
  expect(spec).toMatchObject({
    target: { cluster: 'mcp', namespace: 'servers', rollout: 'demo' },
    image: '2.0.0',
    steps: [20, 100],
    targetKind: 'mcp-server',
    split: 'mcp-gateway',
    contractReason: 'wanted',
    replay: { changing: ['a'] },
  });
  expect(releaseId(spec.target)).toBe('release/mcp/servers/demo');
  expect(specOf(read(short))).toEqual(specOf(short));
  expect(specOf(short).steps).toEqual([5, 10, 25, 50, 100]);
});

test('copies of calls and the conformance suite have their defaults, and only where the file asks for them', () => {
  expect(specOf({ ...short, mirror: {}, conformance: {} })).toMatchObject({
    mirror: { calls: 20, withinMs: 300_000, changing: [] },
    conformance: { expected: [] },
  });
  expect(
    specOf({
      ...short,
      mirror: { calls: 3, within: '30s', changing: ['a'] },
      conformance: { expected_failures: ['ping'] },
    }),
  ).toMatchObject({ mirror: { calls: 3, withinMs: 30_000, changing: ['a'] }, conformance: { expected: ['ping'] } });
  expect(Object.keys(specOf(short))).not.toEqual(expect.arrayContaining(['mirror']));
});

const full = { strategy: 'mcp', target: { cluster: 'mcp', namespace: 'servers', rollout: 'demo' }, image: '2.0.0' };

test('the full form means the same', () => {
  expect(specOf(full)).toEqual(specOf(short));
});

test.each([
  [{ ...full, server: 'other' }, 'server: is other, and the file also names demo'],
  [{ ...full, version: '3.0.0' }, 'version: is 3.0.0, and the file also names 2.0.0'],
  [{ ...short, server: 'My_Server' }, 'server: must be the name of an MCP server'],
  [{ ...short, version: '^2' }, 'version: must be a registered version'],
  [{ ...short, steps: [50, 20, 100] }, 'steps: must ascend and end with 100'],
  [{ ...short, traffic: { traefik_service: 'x' } }, 'traffic.traefik_service: not for strategy mcp'],
  [{ ...short, strategy: 'canary' }, 'server: not for strategy canary'],
  [{ ...short, mirror: { calls: 0 } }, 'mirror.calls'],
  [{ ...short, mirror: { within: '5' } }, 'mirror.within: must be a duration with a unit'],
  [{ ...short, conformance: { expected_failures: ['no-such-scenario'] } }, 'conformance.expected_failures.0'],
])('%j is refused', (file, message) => {
  expect(refused(file)).toContain(message);
});
