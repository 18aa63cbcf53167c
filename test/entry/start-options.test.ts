import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { readOptions } from '../../src/entry/demo/options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (argv: readonly string[], env: Record<string, string>) => readOptions(argv, env, ROOT);

test('a shell that has loaded the settings of a sandbox has not asked for another cluster', () => {
  const loaded = {
    SLUICE_HOME: '/home/ada/.sluice',
    SLUICE_KUBECONFIG: '/home/ada/.sluice/sandbox/default/kubeconfig',
  };
  expect(read(['--once'], loaded)).toEqual({
    ...{ once: true, demo: 'rollout', name: 'default', home: '/home/ada/.sluice' },
  });
  // What is named on the command line counts, and so does any other cluster.
  expect(read(['--kubeconfig', 'package.json'], loaded)).toMatchObject({ kubeconfig: `${ROOT}/package.json` });
  const other = { ...loaded, SLUICE_KUBECONFIG: `${ROOT}/package.json` };
  expect(read([], other)).toMatchObject({ kubeconfig: `${ROOT}/package.json` });
  expect(() => read(['--once'], other)).toThrow('sandbox only');
});
