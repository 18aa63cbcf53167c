import type { Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import type { DeliveryInput } from '../domain/delivery/delivery.ts';
import type { ReleaseSpec } from '../domain/release/plan.ts';
import { SluiceError } from '../domain/errors.ts';
import { isWithoutNamespace } from './failure.ts';
import { releaseId, type Target } from '../domain/release/target.ts';

const keyword = (name: string) => defineSearchAttributeKey(name, 'KEYWORD');

/** All attributes are Keywords. The development server allows ten. */
export const ATTRIBUTES = {
  target: keyword('SluiceTarget'),
  state: keyword('SluiceState'),
  strategy: keyword('SluiceStrategy'),
  version: keyword('SluiceVersion'),
  startedBy: keyword('SluiceStartedBy'),
} as const;

/** The value of SluiceTarget: the release id without its prefix. */
export function targetValue(id: string): string {
  return id.slice(id.indexOf('/') + 1);
}

const pair = (key: (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES], value: string) => ({
  key,
  value: value.slice(0, 255),
});

export function attributesOf(spec: ReleaseSpec, startedBy: string) {
  return [
    pair(ATTRIBUTES.target, targetValue(releaseId(spec.target))),
    pair(ATTRIBUTES.state, 'preflight'),
    pair(ATTRIBUTES.strategy, spec.strategy),
    pair(ATTRIBUTES.version, spec.image),
    pair(ATTRIBUTES.startedBy, startedBy),
  ];
}

/** A delivery has no strategy. Its target is the name of the deployment. */
export function deliveryAttributes({ name, version, startedBy }: DeliveryInput) {
  return [
    pair(ATTRIBUTES.target, name),
    pair(ATTRIBUTES.state, 'running'),
    pair(ATTRIBUTES.version, version),
    pair(ATTRIBUTES.startedBy, startedBy),
  ];
}

export function queueAttributes(target: Target) {
  return [pair(ATTRIBUTES.target, targetValue(releaseId(target))), pair(ATTRIBUTES.state, 'waiting')];
}

const KEYWORD = 2;

/** The names of search attributes: those that were missing, and those that were there. */
export interface Registered {
  readonly registered: readonly string[];
  readonly present: readonly string[];
}

/** Registers the search attributes that the server does not have. It needs an operator's rights. Errors: FORBIDDEN. */
export async function registerAttributes(connection: Connection, namespace: string): Promise<Registered> {
  try {
    const { customAttributes = {} } = await connection.operatorService.listSearchAttributes({ namespace });
    const names = Object.values(ATTRIBUTES).map(({ name }) => name);
    const missing = names.filter((name) => !Object.hasOwn(customAttributes ?? {}, name));
    if (missing.length > 0)
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
      });
    return { registered: missing, present: names.filter((name) => !missing.includes(name)) };
  } catch (cause) {
    if (isWithoutNamespace(cause)) throw cause;
    const names = Object.values(ATTRIBUTES)
      .map(({ name }) => `--name ${name} --type Keyword`)
      .join(' ');
    throw new SluiceError(
      'FORBIDDEN',
      'The Temporal namespace lacks search attributes of Sluice, and they could not be registered.',
      {
        next: `Have an operator run: temporal operator search-attribute create ${names}`,
        cause,
      },
    );
  }
}
