import { expect, test } from '@jest/globals';
import { nearestCommand } from '../../src/commands/nearest-command.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';

test.each([
  ['release_status', 'release_get'],
  ['release_statu', 'release_get'],
  ['release_show', 'release_get'],
  ['argo_get_rollout', 'argo_get_rollout_status'],
  ['argo_status', 'argo_get_rollout_status'],
  ['release_abrt', 'release_abort'],
  ['argo_set_analysis_templat', 'argo_set_analysis_template'],
  ['relese_start', 'release_start'],
  ['something_else_entirely', undefined],
])('%s leads to %s', (name, wanted) => {
  expect(nearestCommand(name, CATALOGUE)).toBe(wanted);
});

test('no name with a word of reading leads to a tool that writes', () => {
  const writes = CATALOGUE.filter(({ kind }) => kind !== 'read').map(({ name }) => name);
  const verbs = ['status', 'show', 'get', 'list', 'describe', 'watch', 'statu', 'lst'];
  const found = ['release', 'argo', 'traefik'].flatMap((toolset) =>
    verbs.map((verb) => nearestCommand(`${toolset}_${verb}`, CATALOGUE)),
  );
  expect(found.filter((name) => name !== undefined && writes.includes(name))).toEqual([]);
});
