import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A real authorization server in a process of its own, and its issuer. The caller ends the process. */
export async function startOidcProvider(): Promise<{ provider: ChildProcess; issuer: string }> {
  const file = fileURLToPath(new URL('./oidc-provider.mjs', import.meta.url));
  const provider = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'ignore'] });
  const issuer = await new Promise<string>((resolve, reject) => {
    provider.stdout.setEncoding('utf8').once('data', (line: string) => resolve(line.trim()));
    provider.once('exit', () => reject(new Error('the authorization server has ended')));
  });
  return { provider, issuer };
}
