import { createKeys } from '../adapters/credentials/keys.ts';
import { localToken } from '../adapters/credentials/local-token.ts';
import type { Credentials } from '../cli/deps.ts';
import type { Settings } from '../config/schema.ts';
import { keysPath, tokenPath } from './credential-paths.ts';

/** The credentials for the HTTP server of these settings. */
export function credentialsOf(settings: Settings): Credentials {
  return { token: () => localToken(tokenPath(settings)), keys: createKeys(keysPath(settings)) };
}
