import { z } from 'zod';
import type { Command } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { releaseRef } from './release-ref.ts';

/** The object of a command, which is its argument on the command line. */
export interface Subject {
  /** The source of its completions. Absent if there are none. */
  readonly names?: 'release' | 'rollout' | 'route';
  readonly argument: string;
  readonly about: string;
  /** The input fields that the argument supplies, dotted. They have no flags. */
  readonly fields: readonly string[];
  /** The part of the input that the argument represents. `cluster`: the value of the flag. Throws INVALID_INPUT. */
  read(text: string, cluster: string | undefined): Record<string, unknown>;
}

/** The field that says what a command does; it is the first argument. */
export const ACTION = 'action';

/** What a command can do, if its input names it. */
export function actionsOf({ input }: Command): readonly string[] | undefined {
  const field = input.shape[ACTION] as z.ZodType | undefined;
  return field instanceof z.ZodEnum ? field.options.map(String) : undefined;
}

/** Undefined if the command has no single object. Then every field is a flag. */
export function subjectOf({ input }: Command): Subject | undefined {
  if (Object.hasOwn(input.shape, 'release_id')) return RELEASE;
  if (Object.hasOwn(input.shape, 'target')) return TARGET;
  if (!required(input, 'namespace')) return undefined;
  if (required(input, 'name')) return placed(input, 'name', 'name');
  return required(input, 'route_name') ? { ...placed(input, 'route_name', 'route'), names: 'route' } : undefined;
}

const RELEASE: Subject = {
  names: 'release',
  argument: 'release',
  about: 'release id, or <namespace>/<rollout> in the current cluster',
  fields: ['release_id', 'target.namespace', 'target.rollout'],
  read: releaseRef,
};

/** The flags exist in addition: scripts use them, and a file may contain the rest of the target. */
const TARGET: Subject = {
  names: 'rollout',
  argument: 'namespace/rollout',
  about: 'namespace and name of the Rollout',
  fields: [],
  read: (text) => {
    const { namespace, name } = placeOf(text, 'rollout');
    return { target: { namespace, rollout: name } };
  },
};

function placed({ shape }: z.ZodObject, field: string, word: string): Subject {
  const { description = '' } = shape[field] as z.ZodType;
  return {
    ...(description.includes('Rollout') ? { names: 'rollout' } : {}),
    argument: `namespace/${word}`,
    about: `namespace, and ${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`,
    fields: ['namespace', field],
    read(text) {
      const { namespace, name } = placeOf(text, word);
      return { namespace, [field]: name };
    },
  };
}

/** Throws INVALID_INPUT. */
function placeOf(text: string, word: string): { readonly namespace: string; readonly name: string } {
  const [namespace, name, ...rest] = text.split('/');
  if (namespace && name && rest.length === 0) return { namespace, name };
  throw new SluiceError('INVALID_INPUT', `"${cleanText(text, 80)}" must look like <namespace>/<${word}>.`);
}

function required({ shape }: z.ZodObject, field: string): boolean {
  return Object.hasOwn(shape, field) && !(shape[field] as z.ZodType).isOptional();
}
