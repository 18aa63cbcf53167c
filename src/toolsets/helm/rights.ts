import { eachKind, NAMESPACED, WRITTEN } from '../../commands/objects/usual-kinds.ts';
import type { Right } from '../../commands/toolset.ts';

const reader = { role: 'sluice-helm-reader' } as const;
const writer = { role: 'sluice-helm-writer' } as const;
const objects = { reader: { role: 'sluice-kubernetes-reader' }, writer: { role: 'sluice-kubernetes-writer' } } as const;
const CHANGES = ['helm_install', 'helm_upgrade', 'helm_rollback', 'helm_uninstall'];
const HOOKS = [...CHANGES, 'helm_test'];
const OF_ONE_RELEASE = ['helm_status', 'helm_history', 'helm_get', 'helm_plan', 'helm_unlock', ...HOOKS];

/**
 * Helm keeps releases in Secrets, and the API server cannot limit a right to those. The objects of the charts are read
 * and written with the roles of the tools k8s_*, which have the usual kinds.
 */
export const rights: readonly Right[] = [
  { ...reader, group: '', resource: 'secrets', verbs: ['get', 'list'] },
  { ...reader, group: '', resource: 'namespaces', verbs: ['get'], clusterScoped: true },
  ...eachKind(NAMESPACED).map(
    (right): Right => ({
      ...objects.reader,
      ...right,
      verbs: ['get', 'list'],
      tools: ['helm_status', 'helm_plan', ...CHANGES],
    }),
  ),
  // A release that Helm keeps in ConfigMaps is refused by name.
  { ...objects.reader, group: '', resource: 'configmaps', verbs: ['list'], tools: OF_ONE_RELEASE },
  { ...writer, group: '', resource: 'secrets', verbs: ['create', 'update', 'delete'], tools: ['helm_plan', ...HOOKS] },
  { ...writer, group: '', resource: 'secrets', verbs: ['patch'], tools: ['helm_plan', ...CHANGES, 'helm_unlock'] },
  ...eachKind(WRITTEN).map(
    (right): Right => ({
      ...objects.writer,
      ...right,
      verbs: ['create', 'patch', 'delete'],
      tools: ['helm_plan', ...CHANGES],
    }),
  ),
  // Helm waits for its hooks with a watch, and the logs of tests are part of the answer.
  { ...writer, group: '', resource: 'pods', verbs: ['watch'], tools: HOOKS },
  { ...writer, group: 'batch', resource: 'jobs', verbs: ['watch'], tools: HOOKS },
  { ...objects.reader, group: '', resource: 'pods', subresource: 'log', verbs: ['get'], tools: ['helm_test'] },
];
