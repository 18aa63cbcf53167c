import { eachKind, NAMESPACED } from '../../commands/objects/usual-kinds.ts';
import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-helm-reader' } as const;
const OBJECTS = ['helm_status'];

/**
 * Helm keeps releases in Secrets, and the API server cannot limit a right to those. The objects of the charts are read
 * with the role of the tools k8s_*.
 */
export const rights: readonly Right[] = [
  { ...reader, group: '', resource: 'secrets', verbs: ['get', 'list'] },
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  ...eachKind(NAMESPACED).map(
    (right): Right => ({ role: 'sluice-kubernetes-reader', ...right, verbs: ['get', 'list'], tools: OBJECTS }),
  ),
];
