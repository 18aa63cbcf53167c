import { mkdirSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { MARKER } from '../../../sandbox/processes/proc.ts';
import type { Sandbox } from '../../../sandbox/index.ts';

type Env = Record<string, string>;

/** The settings with which a command of `sluice` works on the sandbox. */
export function sandboxSettings(sandbox: Sandbox, home: string): Env {
  return {
    SLUICE_HOME: home,
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    SLUICE_TASK_QUEUE: 'sluice',
    ...localTemporal(sandbox.temporalAddress, sandbox.stateDir),
    // Each step advances without a command once it has passed.
    ARGO_REQUIRE_MANUAL_PROMOTION: 'false',
  };
}

/**
 * A Temporal server on loopback. Its profile file, in `folder`, replaces the user's own, which could add a key or TLS.
 * The file must not be empty, because the library fails on an empty one.
 */
export function localTemporal(address: string, folder: string): Env {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'temporal.toml');
  writeFileSync(file, `[profile.default]\naddress = "${address}"\nnamespace = "default"\n`);
  return { TEMPORAL_CONFIG_FILE: file, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default' };
}

/** This process's environment without Temporal's settings. Requests to loopback never go through a proxy. */
export function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const rest = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  const direct = [env['NO_PROXY'] ?? env['no_proxy'], '127.0.0.1,localhost'].filter(Boolean).join(',');
  return { ...rest, NO_PROXY: direct, no_proxy: direct };
}

/**
 * The worker and the server of the sandbox. They are marked as its parts, so that `sluice sandbox down` ends them too.
 */
export function sandboxProcessEnv(sandbox: Sandbox, home: string, port: number): NodeJS.ProcessEnv {
  return {
    ...withoutTemporal(process.env),
    ...sandboxSettings(sandbox, home),
    MCP_PORT: String(port),
    MCP_ALLOW_WRITE: 'true',
    SLUICE_HOST: '127.0.0.1',
    [MARKER]: sandbox.stateDir,
  };
}

/** A file to load with `. <file>` in the user's shell. */
export function shellFile(settings: Env): string {
  return `${Object.entries(settings)
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join('\n')}\n`;
}

export function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The short form of a path, for a shell in the folder of the package. */
export function shownPath(path: string, root: string): string {
  const near = relative(root, path);
  return quoted(near.startsWith('..') || isAbsolute(near) ? path : near);
}
