import type { Manager } from '../domain/servers/exact-version.ts';

/** Asks package managers which version a range means at present. */
export interface PackageVersionsPort {
  /**
   * `spec`: `name@^1` for npm, `name>=1` for uv. Returns the exact version that the manager would install now. Errors:
   * SERVER_VERSION_NOT_EXACT with the manager's reason, also if the manager is not installed.
   */
  resolve(manager: Manager, spec: string): Promise<string>;
}
