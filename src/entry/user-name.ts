import { userInfo } from 'node:os';

/** The user of the operating system. A user id without an account has no name, and then its number is one. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
