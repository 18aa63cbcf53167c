import { expect, test } from '@jest/globals';
import { detect } from '../../../src/domain/onboarding/detect.ts';
import { codeOf } from '../../support/code-of.ts';
import { aSource, NODE_SERVICE } from '../../support/fake-delivery.ts';

const json = (value: object): string => JSON.stringify(value);
const found = (texts: Readonly<Record<string, string>>, asked: Parameters<typeof detect>[1] = {}) =>
  detect(aSource(texts), asked);
const refusal = (texts: Readonly<Record<string, string>>, asked: Parameters<typeof detect>[1] = {}) =>
  codeOf(() => found(texts, asked));
const GO_MAIN = 'package main\n\nfunc main() {}\n';

test.each([
  [
    'a start script of node',
    { scripts: { start: 'node ./dist/main.js --port 1' } },
    ['node', 'dist/main.js', '--port', '1'],
  ],
  ['a start script of another program', { scripts: { start: 'next start' } }, ['next', 'start']],
  ['a start script that needs a shell', { scripts: { start: 'A=1 node x.js && true' } }, ['npm', 'start']],
  ['the only bin', { bin: { tool: './bin/tool.js' } }, ['node', 'bin/tool.js']],
  [
    'the bin of the package’s own name',
    { name: '@team/web', bin: { web: 'web.js', other: 'o.js' } },
    ['node', 'web.js'],
  ],
  ['main', { main: 'server.js' }, ['node', 'server.js']],
  ['server.js, which npm takes', {}, ['node', 'server.js']],
])('Node.js starts by %s', (_, own, start) => {
  const service = found({ ...NODE_SERVICE, 'package.json': json(own) });

  expect(service).toMatchObject({ language: 'nodejs', manager: 'npm', lockFile: 'package-lock.json', start });
});

test.each([
  ['package-lock.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
])('%s is a lock file of %s', (lock, manager) => {
  const { 'package-lock.json': npm, ...rest } = NODE_SERVICE;

  expect(found({ ...rest, [lock]: npm }, { port: 80 })).toMatchObject({ manager, lockFile: lock, warnings: [] });
});

test('a port that nobody has named is a warning', () => {
  expect(found(NODE_SERVICE)).toMatchObject({
    port: 8000,
    warnings: ['Nobody has named the port of the service, so 8000 is taken. To take another one, set port.'],
  });
});

test('a lock file of yarn 1 is told from a later one by its first line', () => {
  const { 'package-lock.json': _, ...rest } = NODE_SERVICE;

  expect(found({ ...rest, 'yarn.lock': '# yarn lockfile v1\n' }).manager).toBe('yarn classic');
});

test('without a lock file it says that two builds may differ', () => {
  const { 'package-lock.json': _, ...rest } = NODE_SERVICE;

  expect(found(rest).warnings.join()).toMatch(/not locked/);
});

test.each([
  ['^22', '22'],
  ['20.x', '20'],
  ['>=18', '24'],
  ['^18 || ^20', '24'],
])('engines.node %s is Node.js %s', (range, version) => {
  const own = json({ scripts: { start: 'node server.js' }, engines: { node: range } });

  expect(found({ ...NODE_SERVICE, 'package.json': own }).languageVersion).toBe(version);
});

const MEMBER = json({ scripts: { start: 'node main.js', build: 'tsc' } });
const WORKSPACES = { 'package.json': json({ workspaces: ['packages/*'] }), 'packages/lib/package.json': '{}' };

test('the only workspace that can be started is taken', () => {
  const service = found({ ...WORKSPACES, 'packages/api/package.json': MEMBER });

  expect(service).toMatchObject({ package: 'packages/api', start: ['node', 'packages/api/main.js'], buildStep: true });
});

test('of several workspaces one has to be named', () => {
  const texts = { ...WORKSPACES, 'packages/a/package.json': MEMBER, 'packages/b/package.json': MEMBER };

  expect(refusal(texts)).toEqual(['SOURCE_AMBIGUOUS', { field: 'package', choices: ['packages/a', 'packages/b'] }]);
  expect(found(texts, { package: './packages/b/' }).start).toEqual(['node', 'packages/b/main.js']);
});

test('pnpm names its workspaces in a file of its own', () => {
  const texts = {
    'package.json': '{}',
    'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n",
    'apps/web/package.json': MEMBER,
  };

  expect(found(texts).package).toBe('apps/web');
});

test.each([
  ['an address without TLS', { resolved: 'http://registry.example/a.tgz', integrity: 'sha512-x' }],
  ['no checksum', { resolved: 'https://registry.example/a.tgz' }],
  ['a moving commit', { resolved: 'git+ssh://git@host/a.git#main' }],
  ['a folder outside of the source', { resolved: 'file:../../etc' }],
])('a lock file with %s is refused', (_, entry) => {
  const lock = json({ lockfileVersion: 3, packages: { 'node_modules/a': entry } });

  expect(refusal({ ...NODE_SERVICE, 'package-lock.json': lock })).toEqual(['SOURCE_REFUSED', expect.anything()]);
});

test.each([
  ['the only script', '[project]\nname = "web"\n[project.scripts]\nserve = "web:main"\n', ['serve']],
  ['the script of its own name', '[project]\nname = "web"\nscripts = {web = "w:m", other = "w:o"}\n', ['web']],
  ['a script of poetry', '[tool.poetry]\nname = "web"\n[tool.poetry.scripts]\nweb = "web:main"\n', ['web']],
  ['main.py', '[project]\nname = "web"\n', ['python', 'main.py']],
])('Python starts by %s', (_, pyproject, start) => {
  const service = found({ 'pyproject.toml': pyproject, 'uv.lock': '', 'main.py': '' });

  expect(service).toMatchObject({ language: 'python', manager: 'uv', lockFile: 'uv.lock', start });
});

test.each([
  ['>=3.11', '3.13'],
  ['>=3.9,<3.12', '3.11'],
  ['==3.10.*', '3.10'],
  ['<=3.12', '3.12'],
])('requires-python %s is Python %s', (range, version) => {
  const pyproject = `[project]\nname = "web"\nrequires-python = "${range}"\n`;

  expect(found({ 'pyproject.toml': pyproject, 'main.py': '' }).languageVersion).toBe(version);
});

test('requirements.txt locks only with exact versions', () => {
  const exact = found({ 'requirements.txt': 'a==1.0 \\\n  --hash=sha256:aa\n', 'app.py': '' });
  const loose = found({ 'requirements.txt': 'a>=1.0\nb==2\n', 'app.py': '' });

  expect([exact.lockFile, loose.lockFile]).toEqual(['requirements.txt', '']);
  expect(loose.warnings.join()).toContain('a>=1.0');
});

test('Go is built from its only main package', () => {
  const service = found({
    'go.mod': 'module x\n\ngo 1.25\n\nrequire a.b/c v1.0.0\n',
    'go.sum': '',
    'cmd/web/main.go': GO_MAIN,
    'lib.go': 'package x\n',
  });

  expect(service).toMatchObject({ languageVersion: '1.25', package: 'cmd/web', lockFile: 'go.sum', start: ['/app'] });
});

test('of several main packages one has to be named', () => {
  const texts = { 'go.mod': 'module x\n', 'cmd/a/main.go': GO_MAIN, 'cmd/b/main.go': GO_MAIN };

  expect(refusal(texts)).toEqual(['SOURCE_AMBIGUOUS', { field: 'package', choices: ['cmd/a', 'cmd/b'] }]);
  expect(found(texts, { package: 'cmd/b' }).package).toBe('cmd/b');
});

test('a Dockerfile of the source wins, and says the port', () => {
  const service = found({ ...NODE_SERVICE, Dockerfile: 'FROM node:24 AS a\nEXPOSE 3000\nFROM a\nUSER 1001\n' });

  expect(service).toMatchObject({ language: 'dockerfile', port: 3000, start: [] });
  expect(service.warnings).toEqual(['The Dockerfile names base images without a digest: node:24.']);
});

test.each([
  [
    'two languages',
    { ...NODE_SERVICE, 'go.mod': 'module x\n' },
    ['SOURCE_AMBIGUOUS', { field: 'language', choices: ['nodejs', 'golang'] }],
  ],
  ['no start command', { 'package.json': '{}' }, ['SOURCE_NO_START', { field: 'start' }]],
  ['no known language', { 'README.md': '' }, ['SOURCE_UNKNOWN', {}]],
  ['several lock files', { ...NODE_SERVICE, 'yarn.lock': '' }, ['SOURCE_AMBIGUOUS', expect.anything()]],
  ['a package.json that is not JSON', { 'package.json': '{' }, ['SOURCE_REFUSED', {}]],
  ['a pyproject.toml that is not TOML', { 'pyproject.toml': 'a = = 1' }, ['SOURCE_REFUSED', {}]],
  [
    'a start file outside of the folder',
    { ...NODE_SERVICE, 'package.json': json({ main: '../../x.js', scripts: {} }) },
    ['SOURCE_REFUSED', {}],
  ],
])('%s is refused', (_, texts, wanted) => {
  expect(refusal(texts)).toEqual(wanted);
});

test('a caller decides where the source does not', () => {
  expect(found({ 'package.json': '{}' }, { start: ['node', 'x.js'], port: 9 })).toMatchObject({
    start: ['node', 'x.js'],
    port: 9,
  });
  expect(found({ ...NODE_SERVICE, 'go.mod': 'module x\n' }, { language: 'nodejs' }).language).toBe('nodejs');
  expect(refusal(NODE_SERVICE, { language: 'golang' })).toEqual(['SOURCE_UNKNOWN', {}]);
});

const SDK = json({ scripts: { start: 'node server.js' }, dependencies: { '@modelcontextprotocol/sdk': '1.0.0' } });

test.each([
  [
    'server.json',
    { 'server.json': json({ packages: [{ transport: { type: 'streamable-http' } }] }) },
    'streamable-http',
  ],
  ['stdio in its code', { 'server.js': 'new StdioServerTransport()' }, 'stdio'],
  ['HTTP in its code', { 'server.js': 'new StreamableHTTPServerTransport({})' }, 'streamable-http'],
])('an MCP server is known by its SDK, its transport by %s', (_, more, transport) => {
  expect(found({ ...NODE_SERVICE, 'package.json': SDK, ...more }).mcp).toEqual({
    transport,
    bridged: transport === 'stdio',
  });
});

test('an MCP server with several transports has to be asked for one', () => {
  const texts = {
    ...NODE_SERVICE,
    'package.json': SDK,
    'server.js': 'StdioServerTransport; StreamableHTTPServerTransport',
  };

  expect(refusal(texts)).toEqual(['SOURCE_AMBIGUOUS', { field: 'transport', choices: ['stdio', 'streamable-http'] }]);
  expect(found(texts, { transport: 'streamable-http' }).mcp).toMatchObject({
    transport: 'streamable-http',
    bridged: false,
  });
});

test.each([
  ['pyproject.toml', '[project]\nname = "m"\ndependencies = ["mcp[cli]>=1.2"]\n'],
  ['requirements.txt', 'fastmcp==2.0\n'],
  ['pyproject.toml', '[tool.poetry]\nname = "m"\n[tool.poetry.dependencies]\nmcp = "^1"\n'],
])('%s shows an MCP server', (file, text) => {
  expect(found({ [file]: text, 'main.py': 'mcp.run(transport="streamable-http")' }).mcp).toMatchObject({
    transport: 'streamable-http',
  });
});

test('the path of the health check is the one that the code answers', () => {
  expect([found(NODE_SERVICE).health, found({ ...NODE_SERVICE, 'server.js': '' }).health]).toEqual([
    '/healthz',
    undefined,
  ]);
});
