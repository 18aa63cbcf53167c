import { isClosed, type ReleaseState } from '../domain/release/state.ts';
import { html, type Html } from './html.ts';

/** Each word has a symbol beside it, so that no information depends on colour alone. */
const SIGNS: Readonly<Record<string, readonly [sign: string, tone: string]>> = {
  pass: ['✓', 'good'],
  fail: ['✗', 'bad'],
  inconclusive: ['?', 'open'],
  'too-little-traffic': ['…', 'open'],
  'no-data': ['∅', 'open'],
  skipped: ['⤼', 'open'],
  succeeded: ['✓', 'good'],
  'rolled-back': ['↩', 'bad'],
  refused: ['✗', 'bad'],
  superseded: ['⤼', 'open'],
  'failed-needs-human': ['!', 'bad'],
};

/** A state or an outcome as a label with a symbol. */
export function pill(word: string): Html {
  const [sign, tone] = SIGNS[word] ?? ['●', 'going'];
  return html`<span class="pill ${tone}"><span aria-hidden="true">${sign}</span> ${word.replaceAll('-', ' ')}</span>`;
}

export function signOf(word: string | undefined): string {
  return word === undefined ? '' : (SIGNS[word]?.[0] ?? '');
}

export function toneOf(word: string | undefined): string {
  return word === undefined ? '' : (SIGNS[word]?.[1] ?? '');
}

/** Whether the release has not ended. */
export function isOpenState(state: ReleaseState): boolean {
  return !isClosed(state);
}
