import { PERMISSIONS, type Permission } from './permission.ts';

/** The scope of an access token for a permission. */
export const scopeOf = (permission: Permission): string => `sluice:${permission}`;

/** The permissions that the scopes of a token name. Other scopes belong to other servers. */
export function permissionsIn(scopes: readonly string[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => scopes.includes(scopeOf(permission)));
}
