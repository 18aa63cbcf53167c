import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { findHomeDir } from '@kubernetes/client-node/dist/config.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { plainLine } from './text.ts';

const text = z.string().nullish();
const Cluster = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': z.boolean().nullish(),
  'tls-server-name': text,
  'proxy-url': text,
  extensions: z.array(z.object({ name: z.string(), extension: z.unknown() })).nullish(),
});
const Exec = z.object({
  apiVersion: text,
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  provideClusterInfo: z.boolean().nullish(),
});
const User = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  as: text,
  'as-uid': text,
  'as-groups': z.array(z.string()).nullish(),
  'as-user-extra': z.record(z.string(), z.array(z.string())).nullish(),
  username: text,
  password: text,
  'auth-provider': z.looseObject({ name: z.string() }).nullish(),
  exec: Exec.nullish(),
});
const Context = z.object({ cluster: text, user: text, namespace: text });
const File = z.object({
  clusters: z.array(z.object({ name: z.string(), cluster: Cluster.nullish() })).nullish(),
  users: z.array(z.object({ name: z.string(), user: User.nullish() })).nullish(),
  contexts: z.array(z.object({ name: z.string(), context: Context.nullish() })).nullish(),
  'current-context': text,
});

export type FileCluster = z.output<typeof Cluster>;
export type FileUser = z.output<typeof User>;
export type FileContext = z.output<typeof Context>;

/** The merged content of several kubeconfig files. */
export interface MergedKubeconfig {
  readonly clusters: ReadonlyMap<string, FileCluster>;
  readonly users: ReadonlyMap<string, FileUser>;
  readonly contexts: ReadonlyMap<string, FileContext>;
  readonly currentContext: string;
}

/**
 * Reads kubeconfig files as kubectl does. `path` is one file and must exist, like kubectl's --kubeconfig. Without it
 * the files of KUBECONFIG are read, otherwise ~/.kube/config. Missing files are skipped. The first file with an entry
 * of a name, or with a current-context, takes precedence. Relative paths are relative to the folder of their file.
 * Source: client-go, tools/clientcmd/loader.go (Load, ResolveLocalPaths, GetAuthInfoFileReferences). Errors:
 * CONFIG_INVALID.
 */
export function readKubeconfigFiles(path?: string): MergedKubeconfig {
  const merged = {
    clusters: new Map<string, FileCluster>(),
    users: new Map<string, FileUser>(),
    contexts: new Map<string, FileContext>(),
    currentContext: '',
  };
  for (const file of path === undefined ? defaultFiles() : [path]) {
    const content = readFile(file, path !== undefined);
    if (content === undefined) continue;
    const { clusters, users, contexts, 'current-context': current } = parsed(file, content);
    const folder = dirname(file);
    addFirst(
      merged.clusters,
      named(file, clusters, ({ cluster }) => resolvedCluster(folder, cluster ?? {})),
    );
    addFirst(
      merged.users,
      named(file, users, ({ user }) => resolvedUser(folder, user ?? {})),
    );
    addFirst(
      merged.contexts,
      named(file, contexts, ({ context }) => context ?? {}),
    );
    merged.currentContext ||= current ?? '';
  }
  return merged;
}

function defaultFiles(): readonly string[] {
  const listed = process.env['KUBECONFIG'];
  if (listed) return [...new Set(listed.split(delimiter).filter(Boolean))];
  const home = findHomeDir();
  return home ? [join(home, '.kube', 'config')] : [];
}

function readFile(file: string, mustExist: boolean): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && !mustExist) return undefined;
    const several = file.includes(delimiter) && file.split(delimiter).some((part) => existsSync(part));
    throw invalid(file, plainLine((cause as Error).message), {
      cause,
      ...(several && { next: 'This setting takes one file. Name several files in KUBECONFIG.' }),
    });
  }
}

function parsed(file: string, content: string): z.output<typeof File> {
  let value: unknown;
  try {
    value = parse(content) ?? {};
  } catch (cause) {
    throw invalid(file, plainLine((cause as Error).message), { cause });
  }
  const checked = File.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw invalid(file, plainLine(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`));
}

/** A name that occurs twice in one file is refused, as in kubectl. */
function named<E extends { readonly name: string }, V>(
  file: string,
  entries: readonly E[] | null | undefined,
  valueOf: (entry: E) => V,
): ReadonlyMap<string, V> {
  const found = new Map<string, V>();
  for (const entry of entries ?? []) {
    if (found.has(entry.name)) throw invalid(file, `the name "${plainLine(entry.name, 80)}" comes twice in one list`);
    found.set(entry.name, valueOf(entry));
  }
  return found;
}

function addFirst<V>(into: Map<string, V>, from: ReadonlyMap<string, V>): void {
  for (const [name, value] of from) if (!into.has(name)) into.set(name, value);
}

function resolvedCluster(folder: string, cluster: FileCluster): FileCluster {
  return { ...cluster, 'certificate-authority': resolved(folder, cluster['certificate-authority']) };
}

function resolvedUser(folder: string, user: FileUser): FileUser {
  const { exec } = user;
  return {
    ...user,
    'client-certificate': resolved(folder, user['client-certificate']),
    'client-key': resolved(folder, user['client-key']),
    tokenFile: resolved(folder, user.tokenFile),
    // A command without a separator is looked up on PATH.
    exec: exec && { ...exec, command: exec.command.includes(sep) ? fromFolder(folder, exec.command) : exec.command },
  };
}

function resolved(folder: string, path: string | null | undefined): string | null | undefined {
  return path ? fromFolder(folder, path) : path;
}

function fromFolder(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function invalid(file: string, why: string, options: { cause?: unknown; next?: string } = {}): SluiceError {
  return new SluiceError('CONFIG_INVALID', `The kubeconfig ${plainLine(file, 200)} cannot be read: ${why}`, options);
}
