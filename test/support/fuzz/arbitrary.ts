import fc from 'fast-check';
import { z } from 'zod';
import type { Command } from '../../../src/commands/command.ts';
import { ODD, ODD_FIELDS, wordsFor, type Names } from './words.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}

type Words = Readonly<Record<string, readonly unknown[]>>;

/**
 * Inputs for one tool, generated from its JSON schema. Half of them have the right shape, the other half have a fault.
 */
export function inputsFor(command: Command, names: Names): fc.Arbitrary<unknown> {
  const right = rightShaped(command, names);
  return fc.oneof(
    { weight: 5, arbitrary: right },
    { weight: 4, arbitrary: spoiled(right) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD) },
  );
}

/** Inputs that the schema allows, or one of the tool's examples with such fields. */
export function rightShaped(command: Command, names: Names): fc.Arbitrary<unknown> {
  const schema = z.toJSONSchema(command.input, { io: 'input' }) as Schema;
  const made = fromSchema(schema, wordsFor(names));
  const examples = command.examples.flatMap(({ input }) => [
    placed(input, names),
    { ...placed(input, names), ...inTheWorld(input, names) },
  ]);
  const mixed = fc
    .tuple(fc.constantFrom(...examples), made)
    .map(([example, fields]) => ({ ...(fields as object), ...example }));
  return fc.oneof(
    { weight: 4, arbitrary: made },
    { weight: 1, arbitrary: mixed },
    { weight: 1, arbitrary: fc.constantFrom(...examples) },
  );
}

const placed = (input: object, { namespace }: Names): object =>
  'namespace' in input ? { ...input, namespace } : input;

/** An example with the names of the world. */
function inTheWorld(input: object, { namespace, rollout }: Names): object {
  const named = Object.fromEntries(
    ['name', 'route_name'].filter((field) => field in input).map((field) => [field, rollout]),
  );
  return 'confirm' in input ? { ...named, confirm: `${namespace}/${rollout}` } : named;
}

function fromSchema(schema: Schema, words: Words, field = ''): fc.Arbitrary<unknown> {
  const known = words[field];
  const made = bySchema(schema, words);
  return known && known.length > 0
    ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: made })
    : made;
}

function bySchema(schema: Schema, words: Words): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return object(schema, words);
    case 'array':
      return fc.array(fromSchema(schema.items ?? {}, words), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 3),
      });
    case 'integer':
      return whole(schema);
    case 'number':
      return fc.oneof(
        whole(schema),
        fc.double({
          min: schema.minimum ?? schema.exclusiveMinimum ?? -1e6,
          max: schema.maximum ?? schema.exclusiveMaximum ?? 1e6,
          noNaN: true,
        }),
      );
    case 'boolean':
      return fc.boolean();
    default:
      return text(schema);
  }
}

function whole({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): fc.Arbitrary<number> {
  const min = Math.ceil(minimum ?? exclusiveMinimum ?? -1000);
  const max = Math.floor(maximum ?? exclusiveMaximum ?? 1000);
  return fc.oneof(fc.constantFrom(min, max), fc.integer({ min, max: Math.min(max, min + 200) }));
}

function text({ pattern, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern), { size: 'small' });
  return fc.string({ minLength, maxLength: Math.min(maxLength, 40), unit: 'grapheme' });
}

function object({ properties = {}, required = [], additionalProperties }: Schema, words: Words): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === 'object')
    return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fromSchema(additionalProperties, words), { maxKeys: 3 });
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, fromSchema(schema, words, name)]),
  );
  // Only a few optional fields at a time, about five of many, because all together are rarely valid.
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  const absent = Math.max(2, Math.floor(optional.length / 5) - 1);
  const rare = Object.fromEntries(
    optional.map((name) => [name, maybe(fields[name] as fc.Arbitrary<unknown>, 1, absent)]),
  );
  const need = Object.fromEntries(required.map((name) => [name, fields[name] as fc.Arbitrary<unknown>]));
  const confirm = fields['confirm'] ? { confirm: maybe(fields['confirm'], 3, 1) } : {};
  return fc
    .record({ ...rare, ...need, ...confirm })
    .map((value) => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)));
}

/** The field is present and absent with these relative frequencies. */
function maybe(field: fc.Arbitrary<unknown>, present: number, absent: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: present, arbitrary: field }, { weight: absent, arbitrary: fc.constant(undefined) });
}

/** Replaces, drops or adds one value at a random place. */
function spoiled(right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(
      right,
      fc.constantFrom('replace', 'drop', 'add', 'own') as fc.Arbitrary<Spoil>,
      fc.nat(),
      fc.constantFrom(...ODD),
      fc.constantFrom(...ODD_FIELDS),
    )
    .map(([value, how, where, odd, name]) => spoil(structuredClone(value), how, where, odd, name));
}

type Spoil = 'replace' | 'drop' | 'add' | 'own';

function spoil(root: unknown, how: Spoil, where: number, odd: unknown, name: string): unknown {
  const places = placesIn(root);
  const place = places[where % places.length];
  if (!place) return odd;
  const { holder, key } = place;
  if (how === 'replace') set(holder, key, odd);
  else if (how === 'drop') delete holder[key];
  else set(holder, how === 'add' ? name : `${key}_`, odd);
  return root;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** Sets a field as JSON.parse does: `__proto__` becomes an ordinary field. */
function set(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
