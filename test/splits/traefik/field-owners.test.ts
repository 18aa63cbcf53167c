import { expect, test } from '@jest/globals';
import { FIELD_MANAGER } from '../../../src/adapters/kubernetes/kinds.ts';
import { lastWriter } from '../../../src/splits/traefik/field-owners.ts';

const PATH = ['spec', 'weighted', 'services'];
const WEIGHTS = { 'f:spec': { 'f:weighted': { 'f:services': {} } } };
const entry = (manager: string, time: string, fieldsV1: object = WEIGHTS) => ({ manager, time, fieldsV1 });
const object = (...managedFields: object[]) => ({ metadata: { managedFields } });

test('the newest of the others that own the field, with its time', () => {
  const written = object(
    entry('kubectl-edit', '2026-11-01T11:00:00Z'),
    entry('helm', '2026-11-01T10:00:00Z'),
    entry('flux', '2026-11-01T12:00:00Z', { 'f:metadata': {} }),
    entry(FIELD_MANAGER, '2026-11-01T12:00:00Z'),
  );
  expect(lastWriter(written, PATH)).toEqual({ manager: 'kubectl-edit', time: '2026-11-01T11:00:00Z' });
});

test('nobody, where only Sluice owns the field or nothing is noted', () => {
  expect(lastWriter(object(entry(FIELD_MANAGER, '2026-11-01T12:00:00Z')), PATH)).toBeUndefined();
  expect(lastWriter({ metadata: {} }, PATH)).toBeUndefined();
});

test('a name with control characters is shown without them', () => {
  expect(lastWriter(object(entry('bad\u001b[31m', '2026-11-01T12:00:00Z')), PATH)?.manager).not.toContain('\u001b');
});
