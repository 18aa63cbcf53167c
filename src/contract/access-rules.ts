import { z } from 'zod';
import { CLIENT, IDENTITY_KINDS } from '../domain/access/caller.ts';
import { PERMISSIONS } from '../domain/access/permission.ts';
import type { AccessRules } from '../domain/access/rules.ts';

const text = z.string().min(1).max(300);
const names = z.array(text).min(1).max(200).optional();

const namespaces = z
  .array(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a namespace'))
  .min(1)
  .max(200)
  .optional();

const targets = z
  .array(z.string().regex(/^[^/\s]+\/[^/\s]+$/, 'must look like namespace/name'))
  .min(1)
  .max(200)
  .optional();

const identified = z
  .strictObject({
    issuer: text.optional(),
    subject: text.optional(),
    group: text.optional(),
    kind: z.enum(IDENTITY_KINDS).optional(),
  })
  .refine((who) => Object.keys(who).length > 0, 'must name somebody; `everyone` is a word of its own')
  .refine(
    ({ issuer, subject, group }) => issuer !== undefined || (subject === undefined && group === undefined),
    'a subject or a group needs its issuer, because other issuers may use the same name',
  )
  .refine(
    ({ issuer }) => issuer !== CLIENT,
    `${CLIENT} stands for names that clients give themselves, which prove nothing`,
  );

const who = z.union([z.literal('everyone'), identified]).transform((value) => (value === 'everyone' ? {} : value));

const rule = z.strictObject({
  name: text,
  who,
  permissions: z.array(z.enum(PERMISSIONS)).min(1),
  clusters: names,
  namespaces,
  targets,
  tools: names,
});

/** The section `access` of a settings file. */
export const accessRules: z.ZodType<AccessRules> = z
  .array(rule)
  .max(500)
  .refine((rules) => new Set(rules.map(({ name }) => name)).size === rules.length, 'each rule needs a name of its own');
