import { z } from 'zod';
import { contextName, dnsName } from './target.ts';

/** The beginning of a kind's name, or with its group, or with version and group: `pods`, `deployments.v1.apps`. */
export const kindName = z
  .string()
  .regex(/^[a-zA-Z0-9]([a-zA-Z0-9.-]{0,251}[a-zA-Z0-9])?$/, 'must be a kind, as in pods or deployments.apps')
  .describe('Kind, as in pods or deployments.apps.');

/** Some kinds allow more than DNS names: `system:node` is the name of a ClusterRole. No name has a slash. */
export const anyObjectName = z
  .string()
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9.:_-]{0,251}[a-zA-Z0-9])?$/,
    'must be a Kubernetes name of at most 253 letters, digits, "-", ".", ":" and "_"',
  );

const cluster = contextName.optional().describe('Kubeconfig context.');

/** One object of any kind. */
export const objectFields = {
  cluster,
  kind: kindName,
  name: anyObjectName.describe('Name of the object.'),
  namespace: dnsName.optional().describe('Its namespace; not for kinds without one.'),
};

/** The objects of a kind. */
export const objectsFields = {
  cluster,
  kind: kindName,
  namespace: dnsName.optional().describe('Only this namespace.'),
};

// Control characters would end up in logs; the API server parses the rest.
// eslint-disable-next-line no-control-regex
const SELECTOR = /^[^\u0000-\u001f\u007f]{1,1000}$/;
const selector = z.string().regex(SELECTOR, 'must be a selector of at most 1000 characters');
export const labelSelector = selector.optional().describe('Label selector, as in app=web,tier!=db.');
export const fieldSelector = selector.optional().describe('Field selector, as in status.phase!=Running.');

/** The size of an answer is limited, because it fills the context of an agent. */
export const maxBytes = z.int().min(1000).max(60_000).optional().describe('Maximum size of the answer. Default 8000.');
export const DEFAULT_BYTES = 8000;

export const cursorField = z.string().max(4000).optional().describe('`cursor` of the page before.');

/** A dotted path in an object. Parts with dots are in brackets: `metadata.labels[app.kubernetes.io/name]`. */
export const fieldPath = z
  .string()
  .regex(/^[\w-]{1,100}(\.[\w-]{1,100}|\[[\w./-]{1,300}\]){0,30}$/, 'must be a path, as in spec.template.spec');

/** The parts of a path that `fieldPath` has accepted. */
export function partsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[([^\]]+)\]|[^.[\]]+/g)].map(([whole, inner]) => inner ?? whole);
}
