import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rangesOf, requireExactVersion } from '../../../src/domain/servers/exact-version.ts';

const check = (line: string): void => {
  const [command = '', ...args] = line.split(' ');
  requireExactVersion(command, args);
};

test.each([
  'node server.js',
  'npx -y @modelcontextprotocol/server-everything@2026.8.31 stdio',
  '/usr/local/bin/npx -y pkg@1.2.3-beta.1',
  'npx.cmd --yes pkg@1.2.3',
  'npx -p pkg@1.2.3 -p other@0.1.0 tool --flag x@latest',
  'npx --package=pkg@1.2.3 tool',
  'npx -y alias@npm:@scope/pkg@1.2.3',
  'npx ./local',
  'npx -y github:owner/repo#0123456789abcdef0123456789abcdef01234567',
  'npm exec -- pkg@1.2.3',
  'pnpm dlx pkg@1.2.3',
  'bunx pkg@1.2.3',
  'uvx mcp-server-fetch@2026.10.24',
  'uvx --from mcp-server-git==2026.10.19 mcp-server-git --repository x',
  'uvx --python 3.12 pkg[extra]==1.0.0rc1',
  'uv tool run pkg@1.0',
  'pipx run --spec pkg==1.0 pkg',
  'uv run server.py',
])('passes: %s', (line) => {
  expect(() => check(line)).not.toThrow();
});

test.each([
  ['npx -y pkg@^1', 'as in pkg@1.2.3. `npm view "pkg@^1" version`'],
  ['npx pkg', 'as in pkg@1.2.3'],
  ['npx -y @scope/pkg', 'as in @scope/pkg@1.2.3'],
  ['npx -y @scope/pkg@latest', 'as in @scope/pkg@1.2.3'],
  ['npx --registry http://x pkg@1.x', 'as in pkg@1.2.3'],
  ['npx -y alias@npm:pkg@next', 'as in pkg@1.2.3'],
  ['npx -y github:owner/repo', 'Write an exact version'],
  ['npx -p pkg@1.2.3 -p other@1 tool', 'as in other@1.2.3'],
  ['npx', 'Write an exact version'],
  ['npm exec pkg@1', 'as in pkg@1.2.3'],
  ['yarn dlx pkg', 'as in pkg@1.2.3'],
  ['uvx pkg', 'as in pkg@1.2.3. `uv pip index versions pkg`'],
  ['uvx pkg@latest', 'as in pkg@1.2.3'],
  ['uvx --from pkg>=1 tool', 'as in pkg@1.2.3'],
  ['uvx --from=pkg==1.* tool', 'as in pkg@1.2.3'],
  ['pipx run pkg', 'as in pkg==1.2.3'],
])('refuses, and says what to write: %s', (line, next) => {
  expect(() => check(line)).toThrow(
    expect.objectContaining({ code: 'SERVER_VERSION_NOT_EXACT', next: expect.stringContaining(next) }),
  );
});

const pin = (line: string, version: string) => {
  const [command = '', ...args] = line.split(' ');
  const ranges = rangesOf(command, args);
  for (const range of ranges) args[range.at] = range.pinned(version);
  return [ranges.map(({ manager, spec }) => `${manager} ${spec}`).join(', '), [command, ...args].join(' ')];
};

test.each([
  ['npx -y pkg@^1 stdio', 'npm pkg@^1', 'npx -y pkg@1.2.3 stdio'],
  ['npx -y @scope/pkg', 'npm @scope/pkg@latest', 'npx -y @scope/pkg@1.2.3'],
  ['npx -y alias@npm:@scope/pkg@next', 'npm @scope/pkg@next', 'npx -y alias@npm:@scope/pkg@1.2.3'],
  [
    'npx --package=pkg@1.x --package other tool',
    'npm pkg@1.x, npm other@latest',
    'npx --package=pkg@1.2.3 --package other@1.2.3 tool',
  ],
  ['npx -p pkg@4.0.0 -p other@1 tool', 'npm other@1', 'npx -p pkg@4.0.0 -p other@1.2.3 tool'],
  ['npm exec -- pkg@1', 'npm pkg@1', 'npm exec -- pkg@1.2.3'],
  ['pnpm dlx pkg', 'npm pkg@latest', 'pnpm dlx pkg@1.2.3'],
  ['uvx pkg', 'uv pkg', 'uvx pkg==1.2.3'],
  ['uvx pkg[extra]@latest --flag', 'uv pkg', 'uvx pkg[extra]==1.2.3 --flag'],
  ['uvx --from=pkg>=1,<2 tool', 'uv pkg>=1,<2', 'uvx --from=pkg==1.2.3 tool'],
  ['uv tool run --python 3.12 pkg==1.*', 'uv pkg==1.*', 'uv tool run --python 3.12 pkg==1.2.3'],
])('pins %s', (line, asked, pinned) => {
  expect(pin(line, '1.2.3')).toEqual([asked, pinned]);
  expect(() => check(pinned)).not.toThrow();
});

test.each([
  'npx -y github:owner/repo',
  'npx https://host/pkg.tgz',
  'npx ./local',
  'uvx git+https://host/repo',
  'pipx run pkg',
  'npx',
  'node a.js',
])('no manager is asked for: %s', (line) => {
  expect(pin(line, '1.2.3')).toEqual(['', line]);
});

test('what a manager is asked for is never a flag, and a pinned command is always exact', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('-p', '--package', '--from', 'pkg@^1', 'pkg', '--', '-y'),
  );
  fc.assert(
    fc.property(fc.constantFrom('npx', 'uvx', 'bunx'), fc.array(word, { maxLength: 5 }), (command, words) => {
      const args = [...words];
      const ranges = rangesOf(command, args);
      for (const range of ranges) {
        expect(range.spec).toMatch(/^[@\w]/);
        args[range.at] = range.pinned('1.2.3');
      }
      expect(rangesOf(command, args)).toEqual([]);
    }),
  );
});
