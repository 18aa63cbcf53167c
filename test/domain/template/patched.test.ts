import fc from 'fast-check';
import { expect, test } from '@jest/globals';
import { operations } from '../../../src/domain/template/operations.ts';
import { patched } from '../../../src/domain/template/patched.ts';
import { applyJsonPatch } from '../../support/json-patch.ts';

const TEMPLATE = {
  metadata: { labels: { app: 'shop' } },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'shop:v1',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      { name: 'logs', image: 'logs:1', args: ['-v'] },
    ],
    tolerations: [{ key: 'a' }],
  },
};

test('fields merge, null removes, lists merge by the key of Kubernetes', () => {
  const patch = {
    metadata: { annotations: { team: 'a' } },
    spec: {
      priorityClassName: 'high',
      containers: [
        {
          name: 'app',
          env: [
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          resources: { limits: { cpu: '1' } },
        },
        { name: 'logs', args: ['-q', '-x'] },
        { name: 'new', image: 'new:1' },
      ],
      tolerations: [{ key: 'b' }],
    },
  };

  expect(patched(TEMPLATE, patch)).toEqual({
    metadata: { labels: { app: 'shop' }, annotations: { team: 'a' } },
    spec: {
      priorityClassName: 'high',
      containers: [
        {
          name: 'app',
          image: 'shop:v1',
          env: [
            { name: 'A', value: '1' },
            { name: 'B', value: '3' },
            { name: 'C', value: '4' },
          ],
          resources: { limits: { cpu: '1' } },
        },
        { name: 'logs', image: 'logs:1', args: ['-q', '-x'] },
        { name: 'new', image: 'new:1' },
      ],
      tolerations: [{ key: 'b' }],
    },
  });
});

test('an entry is removed by its directive, a field by null', () => {
  const containers = [
    { name: 'logs', $patch: 'delete' },
    { name: 'app', env: null },
  ];

  expect(patched(TEMPLATE, { spec: { containers } })).toMatchObject({
    spec: { containers: [{ name: 'app', image: 'shop:v1' }] },
  });
  expect(JSON.stringify(patched(TEMPLATE, { spec: { containers } }))).not.toContain('env');
});

test.each<[object, string]>([
  [{ spec: { containers: [{ image: 'x' }] } }, 'template.spec.containers[0] has no name'],
  [{ spec: { containers: [{ name: 'gone', $patch: 'delete' }] } }, 'template.spec.containers[gone] is to be removed'],
  [{ spec: { containers: [{ name: 'app', $patch: 'replace' }] } }, '$patch may be delete only'],
  [{ spec: { $retainKeys: ['a'] } }, 'template.spec.$retainKeys is not supported'],
])('%j is refused', (patch, message) => {
  expect(() => patched(TEMPLATE, patch)).toThrow(message);
});

test('operations lead from each template to the other, and back to the exact one', () => {
  const key = fc.constantFrom('a', 'b', 'a/b', 'x~y', '');
  const plain = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const { record } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, plain, fc.array(tie('value'), { maxLength: 3 }), tie('record')),
    record: fc.dictionary(key, tie('value')),
  }));
  fc.assert(
    fc.property(record, record, (from, to) => {
      const there = { spec: { template: structuredClone(from) } };
      expect(applyJsonPatch(there, operations(from, to, '/spec/template'))).toBeUndefined();
      expect(there.spec.template).toEqual(to);
      expect(applyJsonPatch(there, operations(to, from, '/spec/template'))).toBeUndefined();
      expect(there.spec.template).toEqual(from);
    }),
  );
});
