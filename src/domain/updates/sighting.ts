import { cleanText } from '../safe-text.ts';
import { RELEASE_FILE, RELEASE_UPDATES, type SeenRollout } from './seen-rollout.ts';

/** What is to be done about a Rollout. `wrong`: its annotations cannot be followed. */
export type Sighting =
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'wrong'; readonly why: string; readonly next: string }
  | { readonly kind: 'update' };

type Version = Pick<SeenRollout, 'observed' | 'podHash' | 'stableHash' | 'aborted' | 'promoteFull'>;

const none = (why: string): Sighting => ({ kind: 'none', why });

/**
 * Whether the Rollout has an update under way that starts a release. `everyUpdate`: the settings ask for the releases
 * of its namespace, so it needs no annotation.
 */
export function sightingOf(seen: SeenRollout, everyUpdate: boolean): Sighting {
  const fault = faultOf(seen);
  if (fault) return { kind: 'wrong', ...fault };
  if (!isWanted(seen, everyUpdate)) return none('nobody asks for releases of its updates');
  const quiet = noUpdate(seen);
  return quiet === undefined ? { kind: 'update' } : none(quiet);
}

/** Whether updates of the Rollout start releases. A value that cannot be read asks for none. */
export function isWanted({ wanted }: Pick<SeenRollout, 'wanted'>, everyUpdate: boolean): boolean {
  return wanted === 'true' || (wanted === undefined && everyUpdate);
}

/** Why the annotations of a Rollout cannot be followed. Undefined if they can. */
export function faultOf({
  wanted,
  file,
  unknown,
}: Pick<SeenRollout, 'wanted' | 'file' | 'unknown'>): { readonly why: string; readonly next: string } | undefined {
  const known = `Sluice reads ${RELEASE_UPDATES} and ${RELEASE_FILE}.`;
  if (unknown.length > 0)
    return {
      why: `the annotation ${cleanText(unknown.join(', '), 200)} is unknown`,
      next: `Correct its name. ${known}`,
    };
  if (wanted !== undefined && wanted !== 'true' && wanted !== 'false')
    return {
      why: `the annotation ${RELEASE_UPDATES} is "${cleanText(wanted, 60)}"`,
      next: 'Set it to "true" or "false".',
    };
  if (file !== undefined && !/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(file))
    return {
      why: `the annotation ${RELEASE_FILE} is "${cleanText(file, 60)}", which is no name of a ConfigMap`,
      next: 'Set it to the name of a ConfigMap in the namespace of the Rollout.',
    };
  return undefined;
}

/**
 * Why there is no update that a release could join. Undefined if there is one. A scale, a restart and a change of the
 * steps leave the hash of the template, so they are no updates.
 */
export function noUpdate({ observed, podHash, stableHash, aborted, promoteFull }: Version): string | undefined {
  if (podHash === '' || stableHash === '') return 'it has no stable version yet: its first version is no update';
  if (!observed) return 'the controller has not seen the present spec';
  if (podHash === stableHash) return 'its template is that of the stable version';
  if (aborted) return 'its update is aborted';
  return promoteFull ? 'its update is promoted in full, past every step' : undefined;
}
