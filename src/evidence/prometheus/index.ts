import { maskSecrets } from '../../domain/safe-text.ts';
import type { EvidenceKind } from '../evidence-kind.ts';
import { createEvidence } from './evidence.ts';
import { prometheusOptions, shownAs } from './options.ts';

/** Prometheus, and what speaks its HTTP API. */
export const prometheus: EvidenceKind = {
  name: 'Prometheus',
  isConfigured: ({ prometheusUrl }) => prometheusUrl !== undefined,
  evidence: (settings) => createEvidence(prometheusOptions(settings)),
  async examine(settings) {
    const { version } = await createEvidence(prometheusOptions(settings)).probe();
    return `version ${version} at ${maskSecrets(settings.prometheusUrl ?? '')}${shownAs(settings)}`;
  },
};
