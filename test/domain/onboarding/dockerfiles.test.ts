import { expect, test } from '@jest/globals';
import { detect } from '../../../src/domain/onboarding/detect.ts';
import { baseWarnings, dockerfileOf } from '../../../src/domain/onboarding/dockerfiles/index.ts';
import { aSource, NODE_SERVICE } from '../../support/fake-delivery.ts';

const GO = { 'go.mod': 'module x\n\ngo 1.26\n', 'go.sum': '', 'main.go': 'package main\n\nfunc main() {}\n' };
const PYTHON = { 'pyproject.toml': '[project]\nname = "web"\n', 'uv.lock': '', 'main.py': '"/health"' };
const PINNED = `node:24-bookworm-slim@sha256:${'a'.repeat(64)}`;
const dockerfile = (texts: Readonly<Record<string, string>>, pinned = {}) =>
  dockerfileOf(detect(aSource(texts), {}), texts['Dockerfile'], pinned, 'web');
/** The lines of the last stage. */
const last = (text: string): string => text.slice(text.lastIndexOf('FROM '));

test.each([
  ['Node.js', NODE_SERVICE, 'npm ci'],
  ['Python', PYTHON, 'uv sync --frozen'],
  ['Go', GO, 'go mod download'],
])('%s: locked dependencies in the first stage, and a final stage without the builder', (_, texts, install) => {
  const { text } = dockerfile(texts);

  expect(text).toContain(install);
  expect(last(text)).not.toMatch(/^RUN/m);
  expect(last(text)).toMatch(/^USER 1001:1001$/m);
  expect(last(text)).toMatch(/^EXPOSE 8000\nHEALTHCHECK .*\nCMD \["|^EXPOSE 8000\nCMD \["\/app"\]$/m);
});

test('the dependencies of a package without scripts are a layer of their own', () => {
  expect(dockerfile(NODE_SERVICE).text).toMatch(
    /COPY \["package.json","package-lock.json","\.\/"\]\nRUN npm ci\nCOPY \. \.\n/,
  );
});

test('an installation that runs scripts or has workspaces gets the whole source', () => {
  const own = JSON.stringify({ scripts: { start: 'node server.js', prepare: 'tsc', build: 'tsc' } });

  expect(dockerfile({ ...NODE_SERVICE, 'package.json': own }).text).toContain(
    'COPY . .\nRUN npm ci && npm run build && npm prune --omit=dev\n',
  );
});

test('a base image is named by its digest where one is known; the others are warned about', () => {
  const pinned = { 'node:24-bookworm-slim': PINNED };
  const { text, bases } = dockerfile(NODE_SERVICE, pinned);

  expect(text).toContain(`FROM ${PINNED} AS run`);
  expect(baseWarnings(bases, pinned)).toEqual([]);
  expect(baseWarnings(bases, {})).toEqual([expect.stringContaining('SLUICE_BASE_IMAGES')]);
});

test('the words of a command are data, whatever they contain', () => {
  const start = ['node', 'a b.js', '"; rm -rf /', '$HOME', '\n'];
  const { text } = dockerfileOf(detect(aSource(NODE_SERVICE), { start }), undefined, {}, 'web');
  const [, command = ''] = /^CMD (.*)$/m.exec(text) ?? [];

  expect(JSON.parse(command)).toEqual(start);
});

test('the Dockerfile of the source is used as it is', () => {
  const own = 'FROM scratch\nCOPY . /\n';

  expect(dockerfile({ Dockerfile: own })).toEqual({ text: own, bases: [] });
});

const STDIO = { 'server.json': JSON.stringify({ packages: [{ transport: { type: 'stdio' } }] }) };

test.each([
  ['Node.js 24', NODE_SERVICE, 'node', 1],
  [
    'Node.js 20',
    { ...NODE_SERVICE, 'package.json': '{"engines":{"node":"20"},"main":"server.js","scripts":{}}' },
    '/opt/sluice/node',
    2,
  ],
  ['Python', PYTHON, '/opt/sluice/node', 2],
  ['Go', GO, '/opt/sluice/node', 3],
])('%s over stdin and stdout: the bridge starts the server, and is asked for its health', (_, texts, node, bases) => {
  const made = dockerfile({ ...texts, ...STDIO });
  const end = last(made.text);
  const [, command = ''] = /^CMD (.*)$/m.exec(end) ?? [];
  const words = JSON.parse(command) as string[];

  expect(words.slice(0, 5)).toEqual([node, '/opt/sluice/bridge.mjs', '--name', 'web', '--']);
  expect(words.length).toBeGreaterThan(5);
  expect(end).toContain('COPY --from=sluice-bridge bridge.mjs /opt/sluice/bridge.mjs');
  expect(end).toContain(`HEALTHCHECK`);
  expect(end).toContain(`["${node}","-e",`);
  expect(end).toContain('/healthz');
  expect(end.includes('COPY --from=node /usr/local/bin/node /opt/sluice/node')).toBe(node !== 'node');
  expect(made.bases).toHaveLength(bases);
  // Nothing of the builder stays: the program of Node is copied alone.
  expect(end).not.toMatch(/^RUN/m);
});

test('what an own Dockerfile starts is not known, so it gets no bridge', () => {
  const service = detect(aSource({ Dockerfile: 'FROM scratch\n', ...STDIO }), {});

  expect(service.mcp).toEqual({ transport: 'stdio', bridged: false });
  expect(dockerfileOf(service, 'FROM scratch\n', {}, 'web').text).toBe('FROM scratch\n');
});
