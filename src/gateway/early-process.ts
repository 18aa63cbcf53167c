import type { ChildProcess } from 'node:child_process';
import { isDivided, versionFor } from '../domain/gateway/split.ts';
import { resolved } from '../domain/servers/references.ts';
import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import type { ServersPort } from '../ports/server-registry.ts';
import { childWire } from './child-wire.ts';
import { programOf, started, type Program } from './program.ts';
import { missingReference } from './references.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts the process of the version that the next caller of this server will get, so that it starts while the gateway
 * is still loading. Undefined if the version depends on the caller, or is no process. An error is not told here: the
 * first message meets it again.
 */
export async function startEarly(
  registry: Pick<ServersPort, 'read'>,
  name: string,
  env: Environment,
): Promise<EarlyProcess | undefined> {
  try {
    const version = onlyVersion(await registry.read(name));
    const reached = version && resolved(version, env, missingReference);
    return reached?.transport === 'stdio' ? new EarlyProcess(programOf(reached, env)) : undefined;
  } catch {
    return undefined;
  }
}

/** The version that every caller gets. */
function onlyVersion(server: RegisteredServer | undefined): ServerVersion | undefined {
  if (!server || isDivided(server.versions)) return undefined;
  const name = versionFor(server.versions, { bucketOf: () => 0, isIn: () => false });
  return server.versions.find(({ version }) => version === name);
}

/** A process that nobody has sent a message yet. What it writes until it is taken stays in its pipes. */
export class EarlyProcess {
  readonly #program: Program;
  #child: ChildProcess | undefined;

  constructor(program: Program) {
    this.#program = program;
    const child = started(program);
    this.#child = child;
    const gone = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on('error', gone).once('exit', gone);
  }

  /** The process, once, if it runs this program and has not ended. */
  take(program: Program): ChildProcess | undefined {
    const child = JSON.stringify(program) === JSON.stringify(this.#program) ? this.#child : undefined;
    if (child) this.#child = undefined;
    return child;
  }

  /** Stops it if nobody has taken it. */
  async close(): Promise<void> {
    const child = this.take(this.#program);
    if (child) await childWire(child, this.#program.command, 0, IGNORED).close();
  }
}

const IGNORED = { message() {}, oversized() {}, closed() {} };
