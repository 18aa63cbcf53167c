import { defineSearchAttributeKey } from '@temporalio/common';

/** The one attribute that the workflow itself changes; the others are set at the start (src/temporal). */
export const STATE_KEY = defineSearchAttributeKey('SluiceState', 'KEYWORD');
