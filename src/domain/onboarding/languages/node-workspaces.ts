import { isRecord } from '../../cluster-objects/api-object.ts';
import type { Source } from '../source.ts';

/** The folders of the workspaces of a package, as npm, yarn and pnpm name them. */
export function workspaces({ files, texts }: Source, declared: unknown): readonly string[] {
  const listed = isRecord(declared) ? declared['packages'] : declared;
  const patterns = [
    ...(Array.isArray(listed) ? listed.filter((one) => typeof one === 'string') : []),
    ...pnpmPatterns(texts['pnpm-workspace.yaml'] ?? ''),
  ];
  const folders = files.flatMap(({ path }) =>
    path.endsWith('/package.json') ? [path.slice(0, -'/package.json'.length)] : [],
  );
  const matching = (folder: string, wanted: boolean): boolean =>
    patterns.some((one) => one.startsWith('!') !== wanted && matcher(one.replace(/^!/, '')).test(folder));
  return folders.filter((folder) => matching(folder, true) && !matching(folder, false));
}

/** The list `packages` of pnpm's file. Its entries are lines of their own in the files that pnpm writes. */
function pnpmPatterns(text: string): readonly string[] {
  const [, list = ''] = /^packages:\s*\n((?:\s*-.*\n?)*)/m.exec(text) ?? [];
  return [...list.matchAll(/-\s*['"]?([^'"\s#]+)/g)].map(([, pattern = '']) => pattern);
}

/** `*` is one folder name, `**` any number of them. */
function matcher(pattern: string): RegExp {
  const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
  const text = parts.map((part) => (part === '**' ? '.+' : part.split('*').map(literal).join('[^/]*')));
  return new RegExp(`^${text.join('/')}$`);
}

const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
