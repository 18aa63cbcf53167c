/**
 * What a tool needs. `admin` contains `operate`, and `operate` contains `read`. `approve`, to decide in place of a
 * judgement or of an approver, stands apart: `admin` does not contain it, and it contains nothing.
 */
export const PERMISSIONS = ['read', 'operate', 'admin', 'approve'] as const;
export type Permission = (typeof PERMISSIONS)[number];

const CONTAINS: Readonly<Record<Permission, readonly Permission[]>> = {
  read: ['read'],
  operate: ['operate', 'read'],
  admin: ['admin', 'operate', 'read'],
  approve: ['approve'],
};

/** Whether one of the given permissions contains the needed one. */
export function permits(given: readonly Permission[], needed: Permission): boolean {
  return given.some((one) => CONTAINS[one].includes(needed));
}
