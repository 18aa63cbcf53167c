import { expect, test } from '@jest/globals';
import { maskedObject } from '../../../src/domain/cluster-objects/masked-object.ts';

const shown = (object: object): string => JSON.stringify(maskedObject(object as Record<string, unknown>));

test('the keys of a Secret are shown, its values are not, and neither is the copy in its annotations', () => {
  const secret = {
    kind: 'Secret',
    metadata: {
      name: 'db',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"url":"aHVudGVyMg=="}}' },
    },
    data: { url: 'aHVudGVyMg==' },
    stringData: { other: 'hunter2' },
    type: 'Opaque',
  };

  expect(maskedObject(secret)).toMatchObject({ data: { url: '***' }, stringData: { other: '***' }, type: 'Opaque' });
  expect(shown(secret)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test.each([
  ['an environment variable with a telling name', { env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }],
  ['a header', { headers: [{ name: 'Authorization', value: 'hunter2' }] }],
  ['a value of a chart', { values: { postgres: { adminPassword: 'hunter2' } } }],
  ['a key of a ConfigMap', { data: { API_KEY: 'hunter2' } }],
  ['a file in a ConfigMap', { data: { 'app.ini': 'user=me\npassword=hunter2' } }],
  ['an argument', { args: ['--token=hunter2'] }],
  ['the argument behind a flag', { command: ['app', '--api-key', 'hunter2'] }],
  ['the password in an address', { url: 'postgres://me:hunter2@db/shop' }],
  ['a copy of the object', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"hunter2"}' } }],
])('%s is masked', (_, spec) => {
  expect(shown({ kind: 'Thing', spec })).not.toContain('hunter2');
});

test('names of secrets and references to them stay, because they say where a value comes from', () => {
  const spec = {
    volumes: [{ secret: { secretName: 'tls' } }],
    env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    automountServiceAccountToken: false,
  };

  expect(maskedObject({ kind: 'Pod', spec })).toEqual({ kind: 'Pod', spec });
});

test('managed fields are left out at every depth', () => {
  expect(shown({ kind: 'List', items: [{ metadata: { name: 'a', managedFields: [{}] } }] })).not.toContain('managed');
});
