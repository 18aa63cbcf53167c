import { blueOf, type RegisteredServer } from '../../domain/servers/server.ts';
import type { Revision, RolloutState } from '../../domain/rollout.ts';
import type { Target } from '../../domain/release/target.ts';

/** The name under which the version is in `images`. */
const PART = 'version';

/**
 * A server as the release reads it. A version is its own hash: blue is the stable one, and the version that the release
 * brings is the present one. What only clusters have is absent or empty.
 */
export function stateOf(server: RegisteredServer, target: Target): RolloutState {
  const blue = blueOf(server)?.version ?? '';
  const present = server.release?.version ?? blue;
  return {
    target,
    resourceVersion: String(server.revision),
    observed: true,
    strategy: 'unknown',
    images: { [PART]: present },
    podHash: present,
    stableHash: blue,
    steps: [],
    specPaused: false,
    controllerPause: false,
    pauseReasons: [],
    aborted: false,
    promoteFull: false,
    phase: 'Healthy',
    message: '',
    replicas: { desired: 0, updated: 0, available: 0 },
    stableSelector: blue,
    candidateSelector: present,
    trafficRouting: [],
    autoPromotion: false,
    abortScaleDownDelaySeconds: 0,
    scaling: { dynamicStable: false, keepsAborted: [] },
    ...(server.release ? { owner: server.release.owner } : {}),
  };
}

/** The registered versions, newest first. */
export function revisionsOf({ name, versions }: RegisteredServer): readonly Revision[] {
  return versions
    .map(
      ({ version, registeredAt }, index): Revision => ({
        revision: index + 1,
        podHash: version,
        images: { [PART]: version },
        templateDigest: '',
        createdAt: new Date(registeredAt).toISOString(),
        replicas: { desired: 0, ready: 0 },
        replicaSet: `${name}@${version}`,
        scaleDownDue: false,
      }),
    )
    .toReversed();
}
