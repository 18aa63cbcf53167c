import type { LanguageKind } from './language.ts';

/** A Dockerfile of the source itself. It is used as it is. */
export const ownDockerfile: LanguageKind = {
  name: 'dockerfile',
  marks: ['Dockerfile'],
  detect({ texts }, asked) {
    const lines = (texts['Dockerfile'] ?? '').split('\n').map((line) => line.trim());
    const [port] = lines.flatMap((line) => /^EXPOSE\s+(\d{1,5})/i.exec(line)?.[1] ?? []).slice(-1);
    const users = lines.flatMap((line) => /^USER\s+(\S+)/i.exec(line)?.[1] ?? []);
    return {
      language: 'dockerfile',
      languageVersion: '',
      manager: '',
      lockFile: 'Dockerfile',
      start: asked.start ?? [],
      package: '.',
      installFiles: [],
      buildStep: false,
      ...(port === undefined ? {} : { port: Number(port) }),
      findings: [
        { what: 'Dockerfile', where: 'Dockerfile' },
        ...(port === undefined ? [] : [{ what: `port ${port}`, where: 'Dockerfile' }]),
      ],
      warnings: [...userWarnings(users.at(-1)), ...tagWarnings(lines)],
    };
  },
};

function userWarnings(user: string | undefined): readonly string[] {
  if (user !== undefined && !/^(root|0)(:|$)/.test(user)) return [];
  return ['The Dockerfile sets no user, so its files belong to root; the pod runs it as user 1001.'];
}

function tagWarnings(lines: readonly string[]): readonly string[] {
  const stages = lines.flatMap((line) => /\sAS\s+(\S+)/i.exec(line)?.[1] ?? []);
  const images = lines.flatMap((line) => /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(line)?.[1] ?? []);
  const loose = images.filter((image) => !image.includes('@sha256:') && !stages.includes(image) && image !== 'scratch');
  return loose.length === 0 ? [] : [`The Dockerfile names base images without a digest: ${loose.join(', ')}.`];
}
