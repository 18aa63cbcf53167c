import type { ResourceKind } from './resource.ts';

/** A place in a cluster, in the form of resource addresses. `cluster` is a kubeconfig context. */
export interface Place {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** Each part is percent-encoded, because context names may contain slashes and colons. */
export function addressOf(scheme: string, ...parts: readonly string[]): string {
  return `${scheme}://${parts.map(encodeURIComponent).join('/')}`;
}

/** A URI template (RFC 6570), e.g. `rollout://{cluster}/{namespace}/{name}`. */
export function uriTemplateOf({ scheme, variables }: Pick<ResourceKind, 'scheme' | 'variables'>): string {
  return `${scheme}://${variables.map((name) => `{${name}}`).join('/')}`;
}

export interface Address {
  readonly scheme: string;
  readonly parts: readonly string[];
}

/** Undefined if the text is not an address of this form. */
export function parseAddress(uri: string): Address | undefined {
  const [, scheme, rest] = /^([a-z][a-z-]*):\/\/([^?#]{1,2000})$/.exec(uri) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  try {
    return { scheme, parts: rest.split('/').map(decodeURIComponent) };
  } catch {
    return undefined;
  }
}
