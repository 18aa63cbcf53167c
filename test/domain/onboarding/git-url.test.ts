import { expect, test } from '@jest/globals';
import { gitRef, gitUrl } from '../../../src/domain/onboarding/git-url.ts';
import { codeOf } from '../../support/code-of.ts';

test.each([
  ['https://github.com/team/web', 'https', 'github.com'],
  ['https://git.example.com:8443/team/web.git', 'https', 'git.example.com:8443'],
  ['ssh://git@github.com/team/web.git', 'ssh', 'github.com'],
  ['git@github.com:team/web.git', 'ssh', 'github.com'],
  ['http://127.0.0.1:3000/web', 'http', '127.0.0.1:3000'],
  ['file:///srv/git/web.git', 'file', ''],
])('%s may be used', (url, scheme, host) => {
  expect(gitUrl(url, true)).toMatchObject({ scheme, host });
});

test.each([
  ['--upload-pack=touch /tmp/x'],
  ['-oProxyCommand=x@host:path'],
  ['ext::sh -c touch% /tmp/x'],
  ['https://user:secret@github.com/team/web'],
  ['https://token@github.com/team/web'],
  ['ssh://git:secret@github.com/team/web'],
  ['ssh://-oProxyCommand=x/web'],
  ['http://git.example.com/team/web'],
  ['git://github.com/team/web'],
  ['https://github.com/a/../b'],
  ['https://github.com/a?x=1'],
  ['https://github.com/a b'],
  ['https://github.com/a\nb'],
  ['file://host/srv/web'],
  ['/srv/git/web'],
  ['../web'],
  [''],
])('%j is refused', (url) => {
  expect(codeOf(() => gitUrl(url, true))[0]).toBe('GIT_URL_REFUSED');
});

test.each([
  ['github.com/team/web', true, 'it must begin with https://, ssh:// or file://.'],
  ['github.com/team/web', false, 'it must begin with https:// or ssh://.'],
  ['/srv/git/web', true, 'A repository of this machine is written as file:///srv/git/web.'],
  ['https://github.com/a?x=1', true, 'it must end before "?" or "#".'],
  ['http://git.example.com/a', true, 'http is allowed for loopback only; other hosts need https.'],
  ['file://host/srv/web', true, 'a file address has three slashes: file:///path.'],
])('%s is refused with what to write instead', (url, local, reason) => {
  expect(() => gitUrl(url, local)).toThrow(reason);
});

test('a refusal does not show the password', () => {
  expect(() => gitUrl('https://user:s3cret@github.com/team/web?key=s3cret', true)).toThrow(/^(?!.*s3cret)/);
});

test('a folder of this machine is for the command line only', () => {
  expect(codeOf(() => gitUrl('file:///srv/git/web.git', false))[0]).toBe('GIT_URL_REFUSED');
});

test.each(['main', 'v1.0.0', 'feature/a-b', 'refs/tags/v1'])('%s is a name of a branch or tag', (ref) => {
  expect(gitRef(ref)).toBe(ref);
});

test.each(['--upload-pack=x', 'a..b', 'a b', 'a@{1}', 'x.lock', '/a', 'a/', 'a/.b', ''])('%j is none', (ref) => {
  expect(codeOf(() => gitRef(ref))[0]).toBe('GIT_REF_NOT_FOUND');
});
