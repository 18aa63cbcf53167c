import { z } from 'zod';
import { SERVER_NAME, VERSION_LABEL } from './server-record.ts';
import { reason } from './target.ts';

const MOVING = ['latest', 'next', 'stable', 'main', 'head'];

export const serverName = z
  .string()
  .regex(SERVER_NAME, 'must be letters, digits, ".", "_" and "-", at most 64')
  .describe('Name of the MCP server.');

export const versionLabel = z
  .string()
  .regex(VERSION_LABEL, 'must be letters, digits, ".", "_", "+" and "-", at most 64')
  .refine((label) => !MOVING.includes(label.toLowerCase()), 'must name one version, not a moving one')
  .describe('Version, exact, as in 1.4.2.');

/** The fields of every change of one version. */
export const changeFields = {
  name: serverName,
  version: versionLabel,
  reason: reason.optional(),
  expected_revision: z.int().min(0).optional().describe('Refuse if the server has another revision by now.'),
};
