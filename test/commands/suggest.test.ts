import { expect, test } from '@jest/globals';
import { suggestCommand } from '../../src/commands/suggest.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';

test.each([
  ['release_status', 'release_get'],
  ['release_statu', 'release_get'],
  ['release_show', 'release_get'],
  ['release_undo', 'release_rollback'],
  ['release_cancel', 'release_abort'],
  ['release_satrt', 'release_start'],
  ['release_starts', 'release_start'],
  ['release_lst', 'release_list'],
  ['argo_get_rollout_statsu', 'argo_get_rollout_status'],
  ['mcp_server_list', 'mcp_server_status'],
  ['mcp_server_show', 'mcp_server_status'],
  ['mcp_server_undo', 'mcp_server_rollback'],
  ['delivery_status', 'delivery_get'],
  ['delivery_stop', 'delivery_cancel'],
  ['helm_ls', 'helm_list'],
  ['flux_status', 'flux_get'],
  ['k8s_undo', 'k8s_rollout_undo'],
])('%s probably means %s', (name, meant) => {
  expect(suggestCommand(name, CATALOGUE)?.name).toBe(meant);
});

test('no name that is far from a write leads to one', () => {
  for (const name of ['release_stand', 'release_statistics', 'release_report_it', 'argo_rollouts', 'release_reads']) {
    const found = suggestCommand(name, CATALOGUE);
    expect([name, found === undefined || found.kind === 'read' ? 'harmless' : found.name]).toEqual([name, 'harmless']);
  }
});

test('on a server that only reads, only reads are suggested', () => {
  const reads = CATALOGUE.filter(({ kind }) => kind === 'read');

  expect(suggestCommand('release_starts', reads)?.kind ?? 'read').toBe('read');
});
