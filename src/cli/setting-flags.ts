import { Option, type Command as Cli } from 'commander';
import { SETTINGS, type SettingKey } from '../config/schema.ts';

interface SettingFlag {
  readonly flags: string;
  /** The flag's value when it is given without one. */
  readonly alone?: string;
}

/** The settings with a separate flag for commands that start servers. All others can be set through --set. */
export const SETTING_FLAGS = {
  mcpPort: { flags: '--port <number>' },
  mcpAllowWrite: { flags: '--allow-write [true|false]', alone: 'true' },
  mcpDebug: { flags: '--debug [true|false]', alone: 'true' },
  toolsets: { flags: '--toolsets <a,b,…>' },
  allowedNamespaces: { flags: '--namespaces <a,b,…>' },
} as const satisfies Partial<Record<SettingKey, SettingFlag>>;

type FlagKey = keyof typeof SETTING_FLAGS;
const KEYS = Object.keys(SETTING_FLAGS) as readonly FlagKey[];

/** By command, the settings that its flags set. */
const added = new WeakMap<Cli, ReadonlyMap<string, FlagKey>>();

/** Adds flags for the settings. */
export function addSettingFlags(cli: Cli, keys: readonly FlagKey[] = KEYS): Cli {
  const options = keys.map((key): [Option, FlagKey] => [optionFor(key), key]);
  for (const [option] of options) cli.addOption(option);
  added.set(cli, new Map(options.map(([option, key]) => [option.attributeName(), key])));
  return cli;
}

function optionFor(key: FlagKey): Option {
  return new Option(SETTING_FLAGS[key].flags, `${SETTINGS[key].env}: ${SETTINGS[key].about}`);
}

/** The settings from separate flags, by their environment names. They take precedence over --set. */
export function givenSettings(cli: Cli): Record<string, string> {
  const names = added.get(cli) ?? new Map<string, FlagKey>();
  const all = Object.entries(cli.opts<Record<string, unknown>>()).flatMap(([name, value]): [string, string][] => {
    const key = names.get(name);
    if (!key) return [];
    const { alone }: SettingFlag = SETTING_FLAGS[key];
    // A flag without a value. A preset of commander would be in the help, where it reads like the default.
    const given = value === true ? alone : value;
    return typeof given === 'string' ? [[SETTINGS[key].env, given]] : [];
  });
  return Object.fromEntries(all);
}
