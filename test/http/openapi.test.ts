import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CATALOGUE, TOOLSETS } from '../../src/toolsets/index.ts';
import { ERRORS } from '../../src/domain/errors.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { openApiDocument, type OpenApiDocument } from '../../src/http/rest/openapi.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { restDeps, send, startRestServer } from '../support/rest.ts';

let server: HttpServer;
beforeAll(async () => {
  server = await startRestServer(restDeps(fakeServices(createFakeGateway())));
});
afterAll(() => server.close());

interface Media {
  readonly schema: object;
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Operation {
  readonly operationId: string;
  readonly requestBody: { readonly content: Record<string, Media> };
  readonly responses: Record<string, { readonly $ref?: string; readonly content?: Record<string, Media> }>;
}
type PathItem = Readonly<Record<'get' | 'post', Operation>>;

const GATES = { reading: { allowWrite: false, toolsets: [] }, writing: { allowWrite: true, toolsets: [] } } as const;

test.each(Object.entries(GATES))('the document of a %s server is OpenAPI 3.1', async (_, gate) => {
  const validator = new Validator();

  const { valid, errors } = await validator.validate(
    structuredClone(openApiDocument({ toolsets: TOOLSETS, gate, version: '1.2.3' })),
  );

  expect([valid, errors]).toEqual([true, undefined]);
  expect(validator.version).toBe('3.1');
});

test('the server hands out this document, and a page that shows it', async () => {
  const { status, body } = await send(`${server.restUrl}/openapi.json`);
  const shown = await send(`${server.restUrl}/docs/json`);

  expect(status).toBe(200);
  expect(JSON.parse(body)).toEqual(
    JSON.parse(JSON.stringify(openApiDocument({ toolsets: TOOLSETS, gate: GATES.writing, version: '0.0.0' }))),
  );
  expect(JSON.parse(shown.body)).toEqual(JSON.parse(body));
});

test('every reference leads somewhere, and every schema is one', () => {
  const document = openApiDocument({ toolsets: TOOLSETS, gate: GATES.writing, version: '1' });
  const at = (pointer: string) =>
    pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer = '']) => pointer);

  expect(references.length).toBeGreaterThan(20);
  for (const pointer of references)
    expect([pointer, at(pointer.replace('#', ''))]).toEqual([pointer, expect.any(Object)]);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const { input, output } of operations(document))
    for (const schema of [input.schema, output.schema]) expect(() => ajv.compile(schema)).not.toThrow();
});

function operations(document: OpenApiDocument): { name: string; input: Media; output: Media; statuses: string[] }[] {
  return Object.entries(document.paths)
    .filter(([path]) => /tools\/./.test(path))
    .map(([path, item]) => {
      const { post } = item as unknown as PathItem;
      const json = 'application/json';
      return {
        name: path.split('/').at(-1) ?? '',
        input: post.requestBody.content[json] as Media,
        output: post.responses['200']?.content?.[json] as Media,
        statuses: Object.keys(post.responses),
      };
    });
}

test('one path for each tool, named after it, with examples that fit its schema and every status of the catalogue', () => {
  const described = operations(openApiDocument({ toolsets: TOOLSETS, gate: GATES.writing, version: '1' }));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });

  expect(described.map(({ name }) => name)).toEqual(CATALOGUE.map(({ name }) => name));
  for (const { name, input, statuses } of described) {
    const values = Object.values(input.examples ?? {}).map(({ value }) => value);
    expect(values).toEqual(
      CATALOGUE.find((command) => command.name === name)?.examples.map((example) => example.input),
    );
    for (const value of values)
      expect([name, ajv.validate(input.schema, value), ajv.errors]).toEqual([name, true, null]);
    const known = new Set(Object.values(ERRORS).map(({ http }) => String(http)));
    known.delete('405');
    expect(new Set(statuses)).toEqual(new Set(['200', ...known]));
  }
});

test('a reading server describes what it offers and no more', () => {
  const described = operations(openApiDocument({ toolsets: TOOLSETS, gate: GATES.reading, version: '1' }));

  expect(described.map(({ name }) => name)).toEqual(
    CATALOGUE.filter(({ kind }) => kind === 'read').map(({ name }) => name),
  );
});

test('the page to try it comes whole from this server', async () => {
  const page = await send(`${server.restUrl}/docs/`);
  const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file);
  const loaded = await Promise.all(files.map((file) => send(new URL(file, `${server.restUrl}/docs/`).href)));

  expect(page.status).toBe(200);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(files.length).toBeGreaterThan(4);
  expect(files.filter((file) => /^(https?:)?\/\//.test(file))).toEqual([]);
  expect(loaded.map(({ status }) => status)).toEqual(files.map(() => 200));
  expect(await send(`${server.restUrl}/docs`)).toMatchObject({ status: 200 });
});
