import type { Window } from '../../src/domain/windows/window.ts';

/** A window that concerns everything, with the fields that a test names. */
export function aWindow(fields: Partial<Window> = {}): Window {
  return {
    name: 'days',
    kind: 'allow',
    start: '2026-01-05T09:00',
    end: '2026-01-05T17:00',
    timeZone: 'UTC',
    clusters: [],
    namespaces: [],
    targets: [],
    onClose: 'finish_step',
    ...fields,
  };
}
