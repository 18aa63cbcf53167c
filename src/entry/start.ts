import { fileURLToPath } from 'node:url';
import { SluiceError } from '../domain/errors.ts';
import { readOptions, USAGE, type StartOptions } from './demo/options.ts';
import { openSession, type Session } from './demo/session.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Exit code that a shell expects from a program that Ctrl-C ended. */
const INTERRUPTED = 130;

process.exit(await main());

/** `npm start`: the complete stack in one terminal. */
async function main(): Promise<number> {
  const session = openSession();
  const { screen, closers, signal } = session;
  let code = 1;
  try {
    code = await run(session);
  } catch (error) {
    if (signal.aborted) code = INTERRUPTED;
    else screen.say(sentence(error));
  }
  if (signal.aborted) screen.say('stopping what was started here');
  await closers.run((line) => screen.say(line));
  return code;
}

async function run(session: Session): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env, ROOT);
  if (options === 'help') {
    console.log(USAGE);
    return 0;
  }
  return Promise.race([play(options, session), session.stopped.then(() => (session.up ? 0 : INTERRUPTED))]);
}

async function play(options: StartOptions, session: Session): Promise<number> {
  if (options.kubeconfig !== undefined)
    return (await import('./demo/cluster-mode.ts')).runOnCluster(
      { ...options, kubeconfig: options.kubeconfig },
      session,
    );
  if (options.demo === 'mcp') return (await import('./demo/mcp/mode.ts')).runMcpDemo(options, session);
  return (await import('./demo/sandbox-mode.ts')).runInSandbox(options, session);
}

/** The message and the next action, without a stack trace. */
function sentence(error: unknown): string {
  if (error instanceof SluiceError) return `${error.message} ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}
