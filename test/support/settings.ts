import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/schema.ts';

/** The default of every setting, with changes. It reads no file. */
export function settingsWith(changes: Partial<Settings> = {}): Settings {
  return { ...loadSettings({ env: { SLUICE_HOME: '/nonexistent' } }).settings, ...changes };
}

/** The settings for a sandbox as the only cluster. */
export function settingsOfSandbox(sandbox: {
  readonly prometheusUrl: string;
  readonly traefikApiUrls: readonly string[];
}): Settings {
  return settingsWith({ prometheusUrl: sandbox.prometheusUrl, traefikApiUrls: [...sandbox.traefikApiUrls] });
}
