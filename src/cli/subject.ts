import type { Command } from '../commands/command.ts';
import { SluiceError } from '../domain/errors.ts';
import { releaseRef } from './release-ref.ts';

/** What a command is about, which the command line takes as its argument. */
export interface Subject {
  readonly kind: 'release' | 'rollout' | 'route';
  readonly argument: string;
  readonly about: string;
  /** The input fields that the argument gives, dotted; they are no flags. */
  readonly fields: readonly string[];
  /** The part of the input that the argument stands for. `cluster`: of the flag. Throws INVALID_INPUT. */
  read(text: string, cluster: string | undefined): Record<string, unknown>;
}

/** Undefined: the command is about no single object, and every field is a flag. */
export function subjectOf({ input }: Command): Subject | undefined {
  if (Object.hasOwn(input.shape, 'release_id')) return RELEASE;
  const required = (field: string): boolean => Object.hasOwn(input.shape, field) && !(input.shape[field] as { isOptional(): boolean }).isOptional();
  if (!required('namespace')) return undefined;
  if (required('name')) return placed('rollout', 'name', 'name', 'namespace and name of the Rollout');
  return required('route_name') ? placed('route', 'route_name', 'route', 'namespace and name of the TraefikService') : undefined;
}

const RELEASE: Subject = {
  kind: 'release',
  argument: 'release',
  about: 'release id, or <namespace>/<rollout> in the current cluster',
  fields: ['release_id', 'target.namespace', 'target.rollout'],
  read: releaseRef,
};

function placed(kind: 'rollout' | 'route', field: string, word: string, about: string): Subject {
  const argument = `namespace/${word}`;
  return {
    kind,
    argument,
    about,
    fields: ['namespace', field],
    read(text) {
      const [namespace, name, ...rest] = text.split('/');
      if (!namespace || !name || rest.length > 0) throw new SluiceError('INVALID_INPUT', `"${text}" must look like <namespace>/<${word}>.`);
      return { namespace, [field]: name };
    },
  };
}
