import type { ClusterSettings } from '../config/schema.ts';
import type { EvidencePort } from '../ports/evidence.ts';

/** A system that holds what was counted. It connects only when it is used. */
export interface EvidenceKind {
  /** For people, as in "Prometheus". */
  readonly name: string;
  /** Whether the settings of a cluster say how to reach it. */
  readonly isConfigured: (settings: Partial<ClusterSettings>) => boolean;
  readonly evidence: (settings: Partial<ClusterSettings>) => EvidencePort;
  /** The system that answers, for `sluice doctor`. Errors: those of EvidencePort.probe. */
  readonly examine: (settings: ClusterSettings) => Promise<string>;
}
