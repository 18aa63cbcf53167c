import type { Effect } from '../domain/effect.ts';
import type { Target } from '../domain/release/target.ts';
import type { RolloutView } from './rollouts.ts';

/**
 * Single commands to a Rollout that no release owns. Each is guarded by the state it was decided on, is sent at most once to that
 * state, and answers with what was read back. Errors: as RolloutsPort.
 */
export interface RolloutSteeringPort {
  pause(target: Target): Promise<Effect<RolloutView>>;
}
