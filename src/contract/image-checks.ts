import { z } from 'zod';
import { REQUIRABLE_CHECKS } from '../domain/delivery/checks.ts';
import { SEVERITIES } from '../domain/delivery/vulnerabilities.ts';
import { commaList } from './setting.ts';

/** Names of checks, separated by commas. */
export const imageChecks = commaList.pipe(z.array(z.enum(REQUIRABLE_CHECKS)));
export const imageCheckNames = REQUIRABLE_CHECKS.join(', ');

export const severity = z.enum(SEVERITIES);
export const severityNames = SEVERITIES.join(', ');
