import { describe, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { RecordEntry } from '../../src/domain/release/record.ts';
import { releaseGauges } from '../../src/entry/release-gauges.ts';
import { countedAudit } from '../../src/observability/counted-audit.ts';
import { createMetrics, toolMetrics, workMetrics, type Metrics } from '../../src/observability/metrics.ts';
import { recordMetrics } from '../../src/observability/record-metrics.ts';
import type { ReleaseSummary } from '../../src/temporal/gateway.ts';

/** The lines of one figure, in the text format. */
async function lines({ registry }: Metrics, name: string): Promise<readonly string[]> {
  return (await registry.getSingleMetricAsString(name))
    .split('\n')
    .filter((line) => !line.startsWith('#') && line !== '');
}

test('who reports is told, and whether a dependency answers', async () => {
  const metrics = createMetrics('worker', '1.2.3');
  metrics.up('temporal', true);
  metrics.up('cluster', false);

  expect(await lines(metrics, 'sluice_build_info')).toEqual(['sluice_build_info{role="worker",version="1.2.3"} 1']);
  expect(await lines(metrics, 'sluice_dependency_up')).toEqual([
    'sluice_dependency_up{dependency="temporal"} 1',
    'sluice_dependency_up{dependency="cluster"} 0',
  ]);
});

test('calls of tools are counted at their end, and unknown names together', async () => {
  const metrics = createMetrics('server', '1');
  const written: string[] = [];
  const trail = {
    ready: async () => undefined,
    begin: async () => undefined,
    record: async (entry: AuditEntry) => void written.push(entry.tool),
  };
  const audit = countedAudit(trail, toolMetrics(metrics).called);
  const entry = { at: '', who: '', arguments: {}, ms: 40, kind: 'read', tool: 'release_get', result: 'ok' } as const;

  await audit.begin({ ...entry, result: 'begun' });
  await audit.record(entry);
  await audit.record({ ...entry, result: 'RELEASE_NOT_FOUND' });
  await audit.record({ ...entry, kind: 'unknown', tool: 'made-up-1', result: 'TOOL_NOT_FOUND' });
  await audit.record({ ...entry, kind: 'unknown', tool: 'made-up-2', result: 'TOOL_NOT_FOUND' });

  expect(written).toEqual(['release_get', 'release_get', 'made-up-1', 'made-up-2']);
  expect(await lines(metrics, 'sluice_tool_calls_total')).toEqual([
    'sluice_tool_calls_total{tool="release_get",result="ok"} 1',
    'sluice_tool_calls_total{tool="release_get",result="RELEASE_NOT_FOUND"} 1',
    'sluice_tool_calls_total{tool="(unknown)",result="TOOL_NOT_FOUND"} 2',
  ]);
  expect(await lines(metrics, 'sluice_tool_call_seconds')).toContain(
    'sluice_tool_call_seconds_bucket{le="0.05",tool="release_get"} 2',
  );
});

test('an attempt of an activity runs until it has ended', async () => {
  const metrics = createMetrics('worker', '1');
  const { begin } = workMetrics(metrics);

  const [first, second] = [begin('judge'), begin('judge')];
  first('failed');
  expect(await lines(metrics, 'sluice_activities_running')).toEqual(['sluice_activities_running{activity="judge"} 1']);
  second('ok');

  expect(await lines(metrics, 'sluice_activities_running')).toEqual(['sluice_activities_running{activity="judge"} 0']);
  expect(await lines(metrics, 'sluice_activities_total')).toEqual([
    'sluice_activities_total{activity="judge",result="failed"} 1',
    'sluice_activities_total{activity="judge",result="ok"} 1',
  ]);
});

test('a verdict and an end that are written again are counted once', async () => {
  const metrics = createMetrics('worker', '1');
  const onAdd = recordMetrics(metrics, () => 3);
  const entry = (key: string, kind: string, data: object) =>
    ({ releaseId: 'r', runId: 'run', at: 1, key, kind, data }) as unknown as RecordEntry;
  const verdict = entry('v1', 'verdict', { outcome: 'pass' });
  const ended = entry('r9', 'release', { state: 'succeeded', closedAt: 5 });

  onAdd([verdict, entry('r1', 'release', { state: 'soaking' }), entry('e1', 'event', {})]);
  onAdd([verdict, ended]);
  onAdd([ended, entry('v2', 'verdict', { outcome: 'pass' })]);

  expect(await lines(metrics, 'sluice_verdicts_total')).toEqual(['sluice_verdicts_total{outcome="pass"} 2']);
  expect(await lines(metrics, 'sluice_releases_ended_total')).toEqual([
    'sluice_releases_ended_total{state="succeeded"} 1',
  ]);
  expect(await lines(metrics, 'sluice_journal_waiting_entries')).toEqual(['sluice_journal_waiting_entries 3']);
});

describe('open releases and workers', () => {
  const summary = (state: string) => ({ state }) as ReleaseSummary;
  const probe = async () => ({ address: '', namespace: '', taskQueue: 'q', pollers: 2, workers: [] });

  test('each open state has a count, also 0', async () => {
    const metrics = createMetrics('server', '1');
    const list = async () => ['soaking', 'soaking', 'waiting-for-decision'].map(summary);
    releaseGauges(metrics, { gateway: { list, probe }, taskQueue: 'q' });

    const counts = await lines(metrics, 'sluice_open_releases');
    expect(counts).toEqual(
      expect.arrayContaining([
        'sluice_open_releases{state="soaking"} 2',
        'sluice_open_releases{state="failed-needs-human"} 0',
      ]),
    );
    expect(counts.join()).not.toContain('succeeded');
    expect(await lines(metrics, 'sluice_workers')).toEqual(['sluice_workers{task_queue="q"} 2']);
  });

  test('while Temporal is away there is no count', async () => {
    const metrics = createMetrics('server', '1');
    const list = () => Promise.reject(new SluiceError('TEMPORAL_UNREACHABLE', 'away'));
    releaseGauges(metrics, { gateway: { list, probe }, taskQueue: 'q' });

    expect(await lines(metrics, 'sluice_open_releases')).toEqual([]);
    expect(await lines(metrics, 'sluice_workers')).toEqual([]);
  });
});
