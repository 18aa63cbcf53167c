import { defineSearchAttributeKey } from '@temporalio/common';

/** The only attribute that the workflow itself changes. The others are set at the start (src/temporal). */
export const STATE_KEY = defineSearchAttributeKey('SluiceState', 'KEYWORD');
