import { z } from 'zod';

const DNS = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
export const dnsName = z.string().regex(DNS, 'must be a Kubernetes name: lower-case letters, digits, "-" and "."');
// Context names are free text; control characters would end up in terminals and in queries.
// eslint-disable-next-line no-control-regex
const PRINTABLE = /^[^\u0000-\u001f\u007f]+$/;
export const contextName = z.string().min(1).max(253).regex(PRINTABLE, 'must be a kubeconfig context name');

export const targetFields = z.strictObject({
  cluster: contextName.optional().describe('Kubeconfig context.'),
  namespace: dnsName.describe('Namespace.'),
  rollout: dnsName.describe('Rollout.'),
});

export const requestId = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 of letters, digits, "_", ".", ":" and "-"')
  .describe('The same id acts once, so the call is safe to repeat. Generated when absent.');

export const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .describe('Why; kept in the record of the release and in the audit log.');
