import { finding, type CheckedPlace, type CheckServices, type Finding } from '../../commands/doctor-check.ts';
import { updateSpec } from '../../contract/update-file.ts';
import { valuesOf } from '../../contract/setting.ts';
import { plural } from '../../domain/plural.ts';
import { RELEASE_UPDATES, type SeenRollout } from '../../domain/updates/seen-rollout.ts';
import { faultOf, isWanted } from '../../domain/updates/sighting.ts';
import { settings as own } from './settings.ts';

/** More would make the command slow. */
const MOST = 20;
/** Nothing is started. No Rollout runs the image, so the plan would change it. */
const VERSION = { container: 'app', image: 'example.invalid/another:image' };

/**
 * Whether the Rollouts of the namespace whose updates start releases say so in a form that can be followed. None: there
 * are no such Rollouts. A list that cannot be read is reported elsewhere.
 */
export async function updateFindings(services: CheckServices, place: CheckedPlace): Promise<readonly Finding[]> {
  const { releaseUpdates, releaseUpdatesNamespaces } = valuesOf(own, services.settings);
  const everyUpdate = releaseUpdatesNamespaces.includes(place.namespace);
  const all = await services.ports.rolloutUpdates.list(place).catch(() => []);
  const asking = all.filter((seen) => faultOf(seen) || isWanted(seen, everyUpdate));
  if (asking.length === 0) return [];
  if (!releaseUpdates) return [switchedOff(asking)];
  return Promise.all(asking.slice(0, MOST).map((seen) => rolloutFinding(services, seen)));
}

/** Checks of a plan that the file and the Rollout decide, in whatever state the Rollout is. */
const LASTING: readonly string[] = ['strategy', 'steps', 'limits', 'metrics'];

function switchedOff(asking: readonly SeenRollout[]): Finding {
  const names = asking.map(({ target }) => target.rollout).slice(0, MOST);
  return {
    name: 'releases of updates',
    state: 'missing',
    detail: `${plural(asking.length, 'Rollout')} with the annotation ${RELEASE_UPDATES} (${names.join(', ')}), and SLUICE_RELEASE_UPDATES is false here: no update starts a release`,
    next: 'Set SLUICE_RELEASE_UPDATES=true for the worker. If it has this setting, set it here too.',
  };
}

function rolloutFinding({ ports, settings, preflight }: CheckServices, seen: SeenRollout): Promise<Finding> {
  const { target, file } = seen;
  const name = `updates of ${target.namespace}/${target.rollout}`;
  return finding(name, async () => {
    const fault = faultOf(seen);
    if (fault) return { name, state: 'missing', detail: fault.why, next: fault.next };
    const document = file === undefined ? {} : await ports.rolloutUpdates.releaseFile(target, file);
    const { checks } = await preflight(updateSpec(document, { target, ...VERSION }, settings));
    const problems = checks.filter((one) => !one.ok && LASTING.includes(one.name));
    const [first] = problems;
    const fields = file === undefined ? 'the default fields' : `the fields of ConfigMap ${file}`;
    if (!first) return `each starts a release with ${fields}`;
    const detail = `none starts a release with ${fields}: ${problems.map((one) => one.detail).join('; ')}`;
    return { name, state: 'missing', detail, ...(first.next !== undefined && { next: first.next }) };
  });
}
