import type { ReleaseOutput } from '../contract/release-view.ts';
import { Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** The page loads nothing, runs no script, and sends its form to its own server only. */
export const APPROVAL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The answer to a decision that was sent with the form. */
export interface Decided {
  readonly ok: boolean;
  readonly text: string;
}

/** What a person can decide on the page, with the words of its button. */
const DECISIONS = {
  approve: 'Approve',
  reject: 'Reject',
  'skip-analysis': 'Let this step pass without its judgement',
  'override-windows': 'Go on although the windows are closed',
} as const;
export type Decision = keyof typeof DECISIONS;
/** States in which a release asks nobody, and a person may let the step pass without its judgement in an emergency. */
const JUDGED: readonly string[] = ['soaking', 'judging'];

/** The page on which a person approves or rejects a release. `path`: where its form is sent. */
export function renderApproval(release: ReleaseOutput, path: string, decided?: Decided): string {
  const { release_id: id, image, strategy, started_by: starter, state, reason, step } = release;
  // The style is constant and contains characters that must not be escaped.
  const style = new Html(`<style>${STYLE}</style>`);
  const names = Object.keys(DECISIONS) as Decision[];
  const answers = release.waiting?.answers ?? (JUDGED.includes(state) ? ['skip-analysis'] : []);
  const open = names.filter((name) => answers.includes(name));
  const waits = open.length > 0;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'"><meta name="referrer" content="no-referrer">
<title>Approve ${image}</title>
${style}</head>
<body><header><p class="over">Sluice</p><h1>${titleOf(open)}</h1></header>
<main>${decided && html`<p class="waits" role="status">${decided.text}</p>`}
<dl><div><dt>Release</dt><dd><code>${id}</code></dd></div>
<div><dt>New version</dt><dd><code>${image}</code></dd></div>
<div><dt>How</dt><dd>${strategy}${step && `: ${step.weights.join(', ')} % of the traffic`}</dd></div>
<div><dt>Started by</dt><dd>${starter}</dd></div>
<div><dt>State</dt><dd>${state.replaceAll('-', ' ')}: ${reason}</dd></div></dl>
${waits && form(path, release, open)}</main></body></html>
`.text;
}

function titleOf(open: readonly Decision[]): string {
  if (open.length === 0) return 'This release does not wait for a decision of this page';
  return open.includes('approve') ? 'Approve what this release waits for?' : 'Decide about this release';
}

function form(path: string, { run_id: run, step }: ReleaseOutput, open: readonly Decision[]): Html {
  const only = open.includes('approve') ? 'optional for an approval' : 'needed';
  return html`<form method="post" action="${path}"><input type="hidden" name="run_id" value="${run}">${step && html`<input type="hidden" name="step" value="${step.index}">`}
<p><label for="reason">Reason (${only})</label><br><input id="reason" name="reason" maxlength="500" autocomplete="off"></p>
<p>${open.map((name) => html`<button name="decision" value="${name}">${DECISIONS[name]}</button> `)}</p></form>`;
}
