import { differenceText } from '../cluster-objects/differences.ts';
import type { Check, ReleaseSpec } from './plan.ts';
import { bad, ok } from './preflight-checks.ts';
import type { Facts } from './preflight-facts.ts';
import { isTemplateStable } from './stable-version.ts';

const NAME = 'template';

/** One check if the release file has `template`. It shows each field that changes. */
export function templateFieldsCheck(
  { templatePatch }: ReleaseSpec,
  { template, rollout }: Facts,
  joined: boolean,
): readonly Check[] {
  if (templatePatch === undefined) return [];
  if (joined)
    return [
      bad(
        NAME,
        'an update is under way, and the release joins it as it is',
        'Leave out template, or let the update end first.',
      ),
    ];
  if (!isTemplateStable(rollout))
    return [
      bad(
        NAME,
        'the template is not that of the stable version, so it is not the one to go back to',
        'Put the stable template back (kubectl argo rollouts undo), then release.',
      ),
    ];
  if (!template) return [bad(NAME, 'the template could not be read', 'Try again.')];
  if ('problem' in template) return [bad(NAME, template.problem, template.next)];
  const fields = template.fields.map(differenceText);
  return [ok(NAME, fields.join('; ') || 'it has these values already')];
}
