import { z } from 'zod';
import { CLIENT, OS } from '../domain/access/caller.ts';
import { GROUP, KUBERNETES, SUBJECT, type ImpersonationRule } from '../domain/access/impersonation.ts';

const text = z.string().min(1).max(300);

/** A name that a caller chooses must not become one that Kubernetes gives rights to by itself. */
const named = (placeholder: string) =>
  text
    .refine((value) => value.split(placeholder).length === 2, `needs ${placeholder} once`)
    .refine(
      (value) => !value.startsWith(placeholder) && !value.startsWith('system:'),
      `needs text before ${placeholder}, as in oidc:${placeholder}, and does not begin with system:`,
    );

const entry = z
  .strictObject({
    issuer: text.refine(
      (value) => value !== OS && value !== CLIENT,
      `${OS} is the user of this process, and ${CLIENT} proves nothing`,
    ),
    user: named(SUBJECT).optional(),
    group: named(GROUP).optional(),
  })
  .superRefine(({ issuer, user, group }, context) => {
    if (issuer === KUBERNETES && (user !== undefined || group !== undefined))
      context.addIssue({ code: 'custom', message: 'service accounts keep their own user and groups' });
    if (issuer !== KUBERNETES && user === undefined)
      context.addIssue({ code: 'custom', path: ['user'], message: `is required, as in oidc:${SUBJECT}` });
  })
  .transform(
    ({ issuer, user = `system:serviceaccount:${SUBJECT}`, group }): ImpersonationRule => ({
      ...{ issuer, user },
      ...(issuer === KUBERNETES ? { group: GROUP } : group !== undefined && { group }),
    }),
  );

/** The section `impersonate` of a settings file. */
export const impersonationRules = z
  .array(entry)
  .min(1)
  .max(50)
  .refine((rules) => new Set(rules.map(({ issuer }) => issuer)).size === rules.length, 'each issuer once');
