import type { ClusterSettings } from '../config/schema.ts';
import type { EvidenceKind } from './evidence-kind.ts';
import { prometheus } from './prometheus/index.ts';

/** Every system that can hold what was counted. */
export const EVIDENCE: readonly [EvidenceKind, ...EvidenceKind[]] = [prometheus];

/** The first system that the settings of a cluster say how to reach; without any, the first of the list. */
export function evidenceKind(settings: Partial<ClusterSettings>): EvidenceKind {
  return EVIDENCE.find(({ isConfigured }) => isConfigured(settings)) ?? EVIDENCE[0];
}
