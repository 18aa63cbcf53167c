import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const PORT = 18_080;

function buildah(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('buildah', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`buildah ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** A container of an image, with its own user, variables and command, on the network of this machine. */
export class RunImage {
  readonly url = `http://127.0.0.1:${PORT}`;
  readonly #container: string;
  readonly #child: ChildProcess;

  constructor(image: string) {
    this.#container = buildah('from', '--pull-never', image);
    const { OCIv1 } = JSON.parse(buildah('inspect', image)) as {
      OCIv1: { config: { Cmd: string[]; User: string; WorkingDir: string } };
    };
    const { Cmd, User, WorkingDir } = OCIv1.config;
    const root = buildah('mount', this.#container);
    // chroot replaces itself by the command, so signals reach it, as they do in a pod.
    this.#child = spawn(
      'chroot',
      [`--userspec=${User}`, root, '/bin/sh', '-c', 'cd "$0" && exec "$@"', WorkingDir, ...Cmd],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/bin', PORT: String(PORT), GREETING: 'hello' },
      },
    );
  }

  async get(path: string): Promise<Response | undefined> {
    return fetch(`${this.url}${path}`).catch(() => undefined);
  }

  /** Returns the exit code after SIGTERM. */
  async end(): Promise<number | null> {
    const ended = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill();
    const [code] = await ended;
    buildah('umount', this.#container);
    buildah('rm', this.#container);
    return code;
  }
}
