import type { ReleaseDefaults } from '../contract/release-spec.ts';
import type { AccessRules } from '../domain/access/rules.ts';
import type { Preflight, ReleaseSpec } from '../domain/release/plan.ts';
import type { RolloutUpdates } from '../ports/rollout-updates.ts';
import type { Worlds } from '../ports/world.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';

/** What the start of releases by updates needs. */
export interface UpdateDeps {
  readonly updates: RolloutUpdates;
  readonly worlds: Worlds;
  readonly gateway: Pick<ReleaseGateway, 'admit' | 'start' | 'owns'>;
  readonly preflight: (spec: ReleaseSpec) => Promise<Preflight>;
  readonly defaults: ReleaseDefaults;
  readonly access: AccessRules | undefined;
  /** Namespaces in which no Rollout needs the annotation. */
  readonly everyUpdateIn: readonly string[];
}
