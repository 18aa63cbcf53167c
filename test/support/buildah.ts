import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Why this machine cannot build images with buildah. Undefined if it can. */
export const noBuildah = ['buildah', 'npm'].find((name) => spawnSync(name, ['--version']).error !== undefined);

/** A store of images in a folder, and one registry over plain HTTP, which stands for Docker's too. */
export class Buildah {
  /** What buildah needs to leave the images of this machine alone. */
  readonly env: Readonly<Record<string, string>>;
  readonly #store: string;

  /** `registry`: as in 127.0.0.1:5000. */
  constructor(folder: string, registry: string) {
    this.#store = join(folder, 'images');
    mkdirSync(this.#store, { recursive: true });
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const places = `graphroot = "${this.#store}/root"\nrunroot = "${this.#store}/run"\n`;
    const own = `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`;
    const docker = `[[registry]]\nprefix = "docker.io"\nlocation = "${registry}"\ninsecure = true\n`;
    this.env = {
      BUILDAH_ISOLATION: 'chroot',
      CONTAINERS_STORAGE_CONF: file('storage.conf', `[storage]\ndriver = "overlay"\n${places}`),
      CONTAINERS_REGISTRIES_CONF: file(
        'registries.conf',
        `unqualified-search-registries = ["docker.io"]\n${own}${docker}`,
      ),
    };
  }

  /** Runs a command of buildah to its end, and returns its output. Throws with all that it said if it fails. */
  async run(...args: readonly string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...this.env };
    const { stdout } = await execute('buildah', args, { env, maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  }

  /** buildah leaves the mount of its store. */
  close(): void {
    spawnSync('umount', ['--recursive', join(this.#store, 'root', 'overlay')]);
  }
}
