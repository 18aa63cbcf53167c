import { isRecord } from '../../cluster-objects/api-object.ts';
import { SluiceError } from '../../errors.ts';
import { cleanText } from '../../safe-text.ts';
import { jsonAt, type Source } from '../source.ts';
import { unreadable } from '../undecided.ts';

/**
 * Refuses a lock file of npm that names packages which nobody can check: from an address without TLS, or from a
 * registry without a checksum. Errors: SOURCE_REFUSED.
 */
export function requireSafeLock(source: Source, lockFile: string): void {
  if (lockFile !== 'package-lock.json' || source.texts[lockFile] === undefined) return;
  const unsafe = Object.entries(packagesOf(source, lockFile)).flatMap(([name, entry]) => problem(name, entry));
  if (unsafe.length === 0) return;
  throw new SluiceError('SOURCE_REFUSED', `${lockFile} is not safe to install: ${unsafe.slice(0, 3).join('; ')}.`, {
    next: `Check ${lockFile} of the source, and write it again with npm.`,
    details: { packages: unsafe.slice(0, 20) },
  });
}

function packagesOf(source: Source, file: string): Readonly<Record<string, unknown>> {
  const value = jsonAt(source, file);
  const packages = isRecord(value) ? (value['packages'] ?? value['dependencies'] ?? {}) : undefined;
  if (isRecord(packages)) return packages;
  throw unreadable(file, 'it has no packages');
}

function problem(name: string, entry: unknown): readonly string[] {
  if (!isRecord(entry) || entry['link'] === true || typeof entry['resolved'] !== 'string') return [];
  const { resolved, integrity } = entry as { resolved: string; integrity?: unknown };
  const shown = cleanText(name, 80);
  if (/^(git\+)?http:/.test(resolved)) return [`${shown} comes from an address without TLS`];
  if (/^git(\+|:)/.test(resolved)) return /#[0-9a-f]{40}$/.test(resolved) ? [] : [`${shown} has no exact commit`];
  if (/^https:/.test(resolved)) return typeof integrity === 'string' ? [] : [`${shown} has no checksum`];
  return resolved.startsWith('file:') && resolved.includes('..') ? [`${shown} lies outside of the source`] : [];
}
