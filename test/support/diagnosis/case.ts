import type { CaseStage } from './case-stage.ts';

/** A cluster with a fault, or with none, and what a diagnosis of it has to find. */
export interface DiagnosisCase {
  readonly name: string;
  /** "Deployment/web", in the namespace of the case; or "namespace" for everything in it. */
  readonly ask: string;
  /** The names of the causes, each once. Empty if nothing is wrong. */
  readonly expected: readonly string[];
  /** Makes the objects, and waits until the cluster is in the state that is meant. */
  readonly make: (stage: CaseStage) => Promise<void>;
  /** So much later the diagnosis looks, in ms. */
  readonly later?: number;
}
