import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { annotations, prefixOf } from '../../src/commands/command.ts';
import { CATALOGUE, TOOLSET_NAMES as NAMES, TOOLSETS } from '../../src/toolsets/index.ts';
import { fieldsOf, inner, shapeOf } from '../../src/contract/fields.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';

const further = TOOLSETS.flatMap(({ switched = [], terminal = [] }) => [...switched, ...terminal]);

const each = [...CATALOGUE, ...further].map((command) => [command.name, command] as const);

test.each(NAMES)('no command file of the toolset %s is forgotten in the catalogue', (toolset) => {
  const folder = new URL(`../../src/toolsets/${toolset}/`, import.meta.url);
  const commands = CATALOGUE.filter((command) => command.toolset === toolset);
  const prefixes = new Set(commands.map((command) => prefixOf(command).replaceAll('_', '-')));
  const files = readdirSync(folder).filter((file) => [...prefixes].some((prefix) => file.startsWith(`${prefix}-`)));

  const names = [...commands, ...further].map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(files.map((file) => file.replace('.ts', '').replaceAll('-', '_'))));
  expect(commands).not.toEqual([]);
});

test('no name is taken twice', () => {
  expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
});

test.each(each)('%s has a portable name, a title and a description that ends as a sentence', (name, command) => {
  expect(name).toMatch(new RegExp(`^${prefixOf(command)}_[a-z_]{2,40}$`));
  expect(command.title.length).toBeGreaterThan(5);
  expect(command.description).toMatch(/^[A-Z].{40,600}\.$/);
});

// Validators on RE2, of Go for example, know no lookaround.
test.each(each)('%s has no lookaround in its patterns', (_, { input, output }) => {
  const schemas = [z.toJSONSchema(input, { io: 'input' }), z.toJSONSchema(output)];
  expect(JSON.stringify(schemas)).not.toMatch(/\(\?<?[=!]/);
});

// A tuple is `prefixItems` in one draft of JSON Schema and a list of `items` in another: clients read one of the two.
test.each(each)('%s has no tuple, in and out', (_, { input, output }) => {
  const schemas = [z.toJSONSchema(input, { io: 'input' }), z.toJSONSchema(output)];
  expect(JSON.stringify(schemas)).not.toMatch(/"prefixItems"|"items":\[/);
});

test.each(each)('%s is strict at every level, in and out', (_, command) => {
  const schemas = [...objectsIn(command.input), ...objectsIn(command.output)];

  for (const schema of schemas)
    expect(schema.safeParse({ unheard_of: 1 }).error?.issues.some(({ code }) => code === 'unrecognized_keys')).toBe(
      true,
    );
});

test.each(each)('%s: snake_case fields, each input field described', (_, command) => {
  for (const field of [...fieldsOf(command.input), ...fieldsOf(command.output)])
    for (const part of field.path) expect(part).toMatch(/^[a-z][a-z0-9_]*$/);
  for (const field of fieldsOf(command.input))
    expect([field.path, field.description.length > 5]).toEqual([field.path, true]);
});

test.each(each)('%s: its schemas are plain JSON Schema objects', (_, command) => {
  for (const schema of [
    z.toJSONSchema(command.input, { io: 'input' }),
    z.toJSONSchema(command.output, { io: 'output' }),
  ]) {
    expect(schema.type).toBe('object');
    expect(JSON.stringify(schema)).not.toMatch(/"(anyOf|oneOf|allOf|\$ref)"/);
  }
});

test.each(each)('%s: its examples pass its own check', (_, command) => {
  expect(command.examples.length).toBeGreaterThan(0);
  for (const { input } of command.examples) expect(() => command.check(input, DEFAULTS)).not.toThrow();
});

test('annotations follow from the kind, and what destroys asks', () => {
  const hints = Object.fromEntries(CATALOGUE.map((command) => [command.name, annotations(command)]));

  expect(hints['release_get']).toEqual({
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  });
  expect(hints['release_start']).toMatchObject({ readOnlyHint: false, destructiveHint: false, idempotentHint: false });
  expect(CATALOGUE.filter(({ kind }) => kind === 'destructive').map(({ name }) => name)).toEqual([
    ...['release_promote', 'release_abort', 'release_skip_analysis', 'release_recover', 'release_rollback'],
    ...['release_queue_clear'],
    ...['argo_delete_rollout', 'argo_promote_rollout', 'argo_abort_rollout', 'argo_skip_analysis_promote'],
    ...['traefik_update_route_weights', 'traefik_delete_route', 'traefik_enable_traffic_mirroring'],
    ...['convert_back', 'mcp_server_migrate', 'mcp_server_remove_version'],
    ...['k8s_delete', 'k8s_drain', 'helm_uninstall', 'helm_unlock', 'window_override'],
    ...['worker_version_activate', 'worker_version_move'],
  ]);
  for (const command of CATALOGUE.filter(({ kind }) => kind === 'destructive'))
    expect(Object.keys(command.input.shape)).toContain('confirm');
});

function objectsIn(schema: z.core.$ZodType): z.ZodObject[] {
  const bare = inner(schema);
  if (bare instanceof z.ZodArray) return objectsIn(bare.element);
  const shape = shapeOf(schema);
  return shape ? [bare as z.ZodObject, ...Object.values(shape).flatMap(objectsIn)] : [];
}
