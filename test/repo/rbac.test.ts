import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { CATALOGUE, TOOLSET_NAMES as TOOLSETS } from '../../src/toolsets/index.ts';
import { RIGHTS } from '../../src/entry/rights.ts';
import { read } from './tracked-files.ts';

interface Role {
  metadata: { name: string };
  rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
}

const roles = parseAllDocuments(read('deploy/rbac.yaml')).map((document) => document.toJS() as Role);

test.each([...new Set(RIGHTS.map(({ role }) => role))])(
  'deploy/rbac.yaml grants %s what the doctor looks for, and nothing else',
  (name) => {
    const rules = roles.find((role) => role.metadata.name === name)?.rules ?? [];
    const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} ${group}`)),
      ),
    );
    const wanted = RIGHTS.filter(({ role }) => role === name).flatMap(({ group, resource, subresource, verbs }) =>
      verbs.map((verb) => `${verb} ${subresource ? `${resource}/${subresource}` : resource} ${group}`),
    );

    expect([...new Set(granted)].toSorted()).toEqual([...new Set(wanted)].toSorted());
  },
);

test('the doctor names only tools and toolsets that exist', () => {
  const known = [...TOOLSETS, ...CATALOGUE.map(({ name }) => name)];
  expect(RIGHTS.flatMap(({ tools }) => tools).filter((name) => !known.includes(name))).toEqual([]);
});
