import { sendCommand } from './send-command.ts';

export const releaseSkipAnalysis = sendCommand({
  command: 'skip-analysis',
  title: 'Skip the analysis of a step',
  description:
    'Lets the present step pass without its judgement. Needs a reason and confirm; both are kept in the record. Later steps are judged as usual.',
  kind: 'destructive',
  input: 'reasoned',
  ask: (id) => `Let the present step of ${id} pass without judging it?`,
});
