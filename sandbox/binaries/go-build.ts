import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Binary, GoBuild } from '../manifest.ts';
import type { AcquiredBinary } from '../types.ts';
import { ensureFolderOf } from './attempt.ts';
import type { Context } from './attempt.ts';
import { cachedPath } from './places.ts';
import { findOnPath } from './search-path.ts';

export const GO_MODULES = join(import.meta.dirname, '..', 'go');
const TELL_EVERY_MS = 10_000;

type Buildable = Binary & { go: GoBuild };

function buildable(binary: Binary, env: NodeJS.ProcessEnv): Buildable {
  if ('none' in binary.go) {
    throw new Error(
      `${binary.name} could not be had from anywhere (the lines above say why), and building it is no way: ${binary.go.none}. Install ${binary.name} ${binary.accepts.words} on PATH.`,
    );
  }
  if (!findOnPath('go', env))
    throw new Error(
      `${binary.name} would have to be built, and there is no Go on PATH. Install Go 1.26, or ${binary.name} ${binary.accepts.words}.`,
    );
  return binary as Buildable;
}

/** One `go build` for all binaries of a module. They share packages, and two linkers run in parallel. */
async function buildModule(binaries: Buildable[], context: Context): Promise<AcquiredBinary[]> {
  const first = binaries[0]!.go;
  const names = binaries.length === 1 ? binaries[0]!.name : `${first.module} (${binaries.length} binaries)`;
  const estimate = binaries.reduce((sum, binary) => sum + binary.go.seconds, 0);
  binaries.forEach((binary) => ensureFolderOf(cachedPath(context.cache, binary)));
  const out = mkdtempSync(join(context.cache, '.build-'));
  const ldflags = ['-s', '-w', ...new Set(binaries.flatMap((binary) => (binary.go.ldflags ?? '').split(/ (?=-X)/)))]
    .join(' ')
    .trim();
  const args = [
    'build',
    '-v',
    '-mod=readonly',
    '-trimpath',
    `-ldflags=${ldflags}`,
    ...(first.tags ? ['-tags', first.tags] : []),
    '-o',
    `${out}/`,
    ...binaries.map((binary) => binary.go.package),
  ];
  context.say(`${names}: building with Go; about ${estimate} s on two cores when nothing is cached`);
  try {
    const started = Date.now();
    await goBuild(args, join(GO_MODULES, first.module), names, estimate, context);
    const seconds = Math.round((Date.now() - started) / 1000);
    context.say(`${names}: built in ${seconds} s`);
    return binaries.map((binary) => store(binary, out, context));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** `go build -o <folder>/` names the file after the package, without a major version at its end. */
function store(binary: Buildable, out: string, context: Context): AcquiredBinary {
  const file = binary.go.package
    .replace(/\/v\d+$/, '')
    .split('/')
    .at(-1)!;
  const path = cachedPath(context.cache, binary);
  renameSync(join(out, file), path);
  return { name: binary.name, path, source: `go build of ${binary.go.package} (${binary.version})` };
}

function goBuild(args: string[], cwd: string, names: string, estimate: number, context: Context): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, {
      cwd,
      env: { ...context.env, GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const started = Date.now();
    const last: string[] = [];
    let packages = 0;
    createInterface({ input: child.stderr }).on('line', (line) => {
      packages += 1;
      last.push(line);
      if (last.length > 15) last.shift();
    });
    const timer = setInterval(() => {
      const elapsed = Math.round((Date.now() - started) / 1000);
      context.say(`${names}: ${elapsed} s of about ${estimate} s, ${packages} packages compiled`);
    }, TELL_EVERY_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve();
      else reject(new Error(`go build of ${names} failed in ${cwd}:\n${last.join('\n')}`));
    });
  });
}

export async function buildWithGo(binaries: readonly Binary[], context: Context): Promise<AcquiredBinary[]> {
  const ready = binaries.map((binary) => buildable(binary, context.env));
  const built: AcquiredBinary[] = [];
  for (const module of new Set(ready.map((binary) => binary.go.module))) {
    built.push(
      ...(await buildModule(
        ready.filter((binary) => binary.go.module === module),
        context,
      )),
    );
  }
  return built;
}
