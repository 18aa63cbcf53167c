import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CATALOGUE, TOOLSET_NAMES as TOOLSETS } from '../../src/toolsets/index.ts';
import type { HttpServer } from '../../src/http/server.ts';
import type { ToolEntry, ToolList } from '../../src/http/rest/tools.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { restDeps, send, startRestServer } from '../support/rest.ts';

const servers: { writing?: HttpServer; reading?: HttpServer; argoOnly?: HttpServer } = {};
beforeAll(async () => {
  const services = fakeServices(createFakeGateway());
  servers.writing = await startRestServer(restDeps(services));
  servers.reading = await startRestServer(restDeps(services, { gate: { allowWrite: false, toolsets: [] } }));
  servers.argoOnly = await startRestServer(restDeps(services, { gate: { allowWrite: true, toolsets: ['argo'] } }));
});
afterAll(() => Promise.all(Object.values(servers).map((server) => server.close())));

async function list(kind: keyof typeof servers, query = ''): Promise<ToolList> {
  const { status, body } = await send(`${servers[kind]?.restUrl}/tools${query}`);
  expect(status).toBe(200);
  return JSON.parse(body) as ToolList;
}

const namesOf = ({ tools }: ToolList) => tools.map(({ name }) => name);
const inCatalogue = (wanted: (command: (typeof CATALOGUE)[number]) => boolean) =>
  CATALOGUE.filter(wanted).map(({ name }) => name);

test('a writing server lists the whole catalogue in its order, a reading one what reads', async () => {
  expect(namesOf(await list('writing'))).toEqual(CATALOGUE.map(({ name }) => name));
  expect(namesOf(await list('reading'))).toEqual(inCatalogue(({ kind }) => kind === 'read'));
  expect(namesOf(await list('argoOnly'))).toEqual(inCatalogue(({ toolset }) => toolset === 'argo'));
});

test('an entry says all that a caller needs', async () => {
  const { tools } = await list('writing');

  for (const command of CATALOGUE) {
    const entry = tools.find(({ name }) => name === command.name);
    expect(entry).toMatchObject({
      category: command.toolset,
      title: command.title,
      description: command.description,
      kind: command.kind,
      examples: command.examples,
    });
    const { $schema: _, ...input } = z.toJSONSchema(command.input, { io: 'input' });
    expect([entry?.input_schema, entry?.output_schema['type'], entry?.annotations.readOnlyHint]).toEqual([
      input,
      'object',
      command.kind === 'read',
    ]);
  }
});

test('one tool by name is its entry of the list', async () => {
  const { tools } = await list('writing');

  for (const entry of tools)
    expect(JSON.parse((await send(`${servers.writing?.restUrl}/tools/${entry.name}`)).body)).toEqual(entry);
});

test.each([
  ['?toolset=release', ['release']],
  ['?toolset=argo,traefik', ['argo', 'traefik']],
  ['?toolset=traefik&toolset=release', ['release', 'traefik']],
  ['', TOOLSETS],
])('the list of %j has these categories', async (query, toolsets) => {
  const { categories, tools } = await list('writing', query);

  const expected = toolsets
    .map((name) => ({ name, tools: inCatalogue(({ toolset }) => toolset === name) }))
    .filter((one) => one.tools.length > 0);
  expect(categories).toEqual(expected);
  expect(tools.map(({ name }: ToolEntry) => name)).toEqual(expected.flatMap((one) => one.tools));
});

test.each([
  ['?toolset=argon', /did you mean argo\?|argon is not one of release, release-queue, argo, traefik/],
  ['?toolset=', /is not one of release, release-queue, argo, traefik/],
  ['?toolset=argo,', /is not one of/],
  ['?tolset=argo', /did you mean toolset\?/],
])('%s is refused', async (query, message) => {
  const { status, body } = await send(`${servers.writing?.restUrl}/tools${query}`);

  expect(status).toBe(400);
  expect((JSON.parse(body) as { error: { message: string } }).error.message).toMatch(message);
});

test('a tool of a toolset that the server does not offer is not there', async () => {
  const { status, body } = await send(`${servers.argoOnly?.restUrl}/tools/release_list`, {
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });

  expect([status, JSON.parse(body)]).toEqual([
    404,
    { error: expect.objectContaining({ code: 'TOOL_NOT_FOUND', next: expect.stringContaining('SLUICE_TOOLSETS') }) },
  ]);
});
