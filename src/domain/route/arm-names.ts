import type { RolloutState } from '../rollout.ts';

/** What stands for the Service of a version that has none. No Service can have such a name. */
const WITHOUT_SERVICE = { stable: 'the stable pods', candidate: 'the new pods' } as const;

export interface ArmNames {
  readonly stable: string;
  readonly candidate: string;
}

/** The names of the two versions behind a split: their Services where the Rollout names them. */
export function armNames({
  stableService,
  candidateService,
}: { readonly [Key in 'stableService' | 'candidateService']?: RolloutState[Key] | undefined }): ArmNames {
  return {
    stable: stableService ?? WITHOUT_SERVICE.stable,
    candidate: candidateService ?? WITHOUT_SERVICE.candidate,
  };
}

/** Whether a name of an arm is that of a Service. */
export function isService(name: string): boolean {
  return !Object.values<string>(WITHOUT_SERVICE).includes(name);
}
