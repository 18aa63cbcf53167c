import { expect, test } from '@jest/globals';

import { startTemporalOnly } from '../../sandbox/index.ts';
import { createHome, START_MS } from './living.ts';

test(
  'the Temporal server alone starts, answers and goes',
  async () => {
    const place = createHome();
    const temporal = await startTemporalOnly({ home: place.home });

    const answer = await fetch(`${temporal.uiUrl}/api/v1/namespaces/default/search-attributes`);
    expect(JSON.stringify(await answer.json())).toContain('SluiceTarget');

    await temporal.stop();
    await expect(fetch(temporal.uiUrl)).rejects.toThrow();
    await place.clear();
  },
  START_MS,
);
