import type { Toolset } from '../../commands/toolset.ts';
import { windowList } from './window-list.ts';
import { windowOverride } from './window-override.ts';

export const window: Toolset = {
  name: 'window',
  onRequest: true,
  about: 'The periods in which releases of a target may act, and may not',
  guidance:
    'window_list says whether releases of a target may act now, why, and when that changes. Windows are in the settings file. A release that meets closed windows waits, and its rollback never does; window_override lets it go on with a reason.',
  commands: [windowList, windowOverride],
  rights: [],
  resources: [],
  prompts: [],
  checks: {},
  settings: {},
};
