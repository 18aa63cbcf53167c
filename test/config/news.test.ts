import { expect, test } from '@jest/globals';
import { readNews } from '../../src/config/news.ts';

const problems = (fields: object) => readNews({ team: { url: 'https://hooks.example/x', ...fields } }).problems;

test('a receiver has defaults: every event, every namespace, no private address', () => {
  const { receivers } = readNews({ team: { url_file: '/run/secrets/url', format: 'slack' } });
  expect(receivers).toMatchObject([
    { name: 'team', urlFile: '/run/secrets/url', format: 'slack', namespaces: [], allowPrivate: false },
  ]);
  expect(receivers[0]?.events).toContain('asks');
  expect(readNews(undefined)).toEqual({ receivers: [], problems: [] });
});

test.each([
  [{ url: 'ftp://x' }, /^news\.team\.url: must be an http/],
  [{ url: 'http://hooks.example/x' }, /^news\.team\.url: must begin with https:\/\/ and lead to a public address/],
  [{ url: 'https://localhost/x' }, /^news\.team\.url: .* allow_private: true permits others/],
  [{ url: 'https://[fe80::1]/x' }, /^news\.team\.url: must begin with/],
  [{ url_file: 'x' }, /^news\.team: needs url or url_file, and not both/],
  [{ secret: 'x' }, /^news\.team\.secret: is not a field of a receiver; did you mean secret_file\?/],
  [{ events: ['ended'] }, /^news\.team\.events\.0: must be one of started/],
  [{ events: [] }, /^news\.team\.events/],
  [{ format: 'teams' }, /^news\.team\.format: must be one of webhook, cloudevents, slack/],
])('%j is refused with the path of the field', (fields, problem) => {
  expect(problems(fields)).toEqual([expect.stringMatching(problem)]);
});

test('with allow_private an address of loopback is accepted, and a public number always is', () => {
  expect(problems({ url: 'http://127.0.0.1:8080/x', allow_private: true })).toEqual([]);
  expect(problems({ url: 'https://8.8.8.8/x' })).toEqual([]);
});

test('names and the section itself are checked', () => {
  expect(readNews({ 'My Team': { url: 'https://x.example' } }).problems).toEqual([
    expect.stringMatching(/^news\.My Team: a name has lower-case/),
  ]);
  expect(readNews('x').problems).toEqual(['news: must hold one entry for each receiver, by its name']);
});
