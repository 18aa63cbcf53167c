import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/** Where the credential of a host is: in an environment variable or in a file. */
export interface CredentialReference {
  readonly from: 'env' | 'file';
  readonly name: string;
}

/** By host, with the port if the address has one. */
export type Credentials = Readonly<Record<string, CredentialReference>>;

/** Answers Git's question for one host only. So a redirect to another host gets nothing. */
const ASKPASS = `#!/bin/sh
case "$1" in
  Username*"://$SLUICE_ASKPASS_HOST'"*) printf '%s\\n' "$SLUICE_ASKPASS_USER" ;;
  Password*"@$SLUICE_ASKPASS_HOST'"*) printf '%s\\n' "$SLUICE_ASKPASS_SECRET" ;;
  *) exit 1 ;;
esac
`;
/** Servers that take a token accept any name of a user. */
const ANY_USER = 'x-access-token';

export interface Asking {
  readonly env: Readonly<Record<string, string>>;
  /** Texts that no message may contain. */
  readonly secrets: readonly string[];
}

/**
 * The environment with which Git gets the credential of a host. The credential is in no argument, no address and no
 * file of ours. Errors: GIT_ACCESS_DENIED if the reference leads nowhere.
 */
export async function askingFor(host: string, credentials: Credentials, folder: string): Promise<Asking> {
  const reference = Object.hasOwn(credentials, host) ? credentials[host] : undefined;
  if (!reference) return { env: { GIT_ASKPASS: 'false' }, secrets: [] };
  const text = valueOf(host, reference);
  const [, user = ANY_USER, secret = text] = /^([^:\s]+):(.+)$/.exec(text) ?? [];
  const program = join(folder, 'askpass');
  await writeFile(program, ASKPASS, { mode: 0o700 });
  return {
    env: {
      GIT_ASKPASS: program,
      SLUICE_ASKPASS_HOST: host,
      SLUICE_ASKPASS_USER: user,
      SLUICE_ASKPASS_SECRET: secret,
    },
    secrets: [secret],
  };
}

function valueOf(host: string, { from, name }: CredentialReference): string {
  const value = from === 'env' ? process.env[name] : readSecret(name);
  if (value !== undefined && value.trim() !== '') return value.trim();
  const what = from === 'env' ? `the environment variable ${name} is not set` : `the file ${name} cannot be read`;
  throw new SluiceError('GIT_ACCESS_DENIED', `The credential of ${host} is missing: ${what}.`);
}

function readSecret(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
