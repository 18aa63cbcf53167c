import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { Kind } from '../kubernetes/kinds.ts';

/** A discovered kind, as the cluster client names it. */
export function kindOf({ kind, group, version, plural }: Pick<ApiKind, 'kind' | 'group' | 'version' | 'plural'>): Kind {
  return { name: kind, group, version, plural, missing: 'OBJECT_NOT_FOUND' };
}
