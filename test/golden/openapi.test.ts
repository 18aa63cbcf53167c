import { test } from '@jest/globals';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import { openApiDocument } from '../../src/http/rest/openapi.ts';
import { expectGolden } from '../support/golden.ts';

test('the OpenAPI document of a writing server', () => {
  const document = openApiDocument({
    toolsets: TOOLSETS,
    gate: { allowWrite: true, toolsets: [] },
    version: '0.0.0',
  });

  expectGolden('openapi.json', `${JSON.stringify(document, null, 1)}\n`);
});
