import type { DeliveryView, StepView } from '../domain/delivery/delivery.ts';
import { Html, html } from './html.ts';
import { POLICY } from './page.ts';
import { STYLE } from './style.ts';

/** The report of a delivery as one file, without scripts. Every text of it is data and is escaped. */
export function renderDelivery(view: DeliveryView): string {
  const { name, version } = view.input;
  // The style is constant and contains characters that must not be escaped.
  const style = new Html(`<style>${STYLE}</style>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="content-security-policy" content="${POLICY}"><meta name="referrer" content="no-referrer">
<title>${name} ${version}: ${view.state.replaceAll('-', ' ')} (delivery report)</title>
${style}</head>
<body>${head(view)}<main>
<section aria-labelledby="steps"><h2 id="steps">Steps</h2>${stepTable(view.steps)}</section>
${findings(view.steps)}${figures(view.steps)}
<section aria-labelledby="events"><h2 id="events">Events</h2><ol class="events">${view.events.map(
    ({ at, text }) => html`<li><time>${clock(at)}</time><span>${text}</span></li>`,
  )}</ol></section>
</main><footer>Times are UTC. Written by Sluice from the delivery: run <code>${view.runId}</code>.</footer></body></html>
`.text;
}

function head({ input, state, reason, startedAt, closedAt }: DeliveryView): Html {
  const { name, version, gitUrl, sourceCommit, branch, namespace, cluster, startedBy } = input;
  const took = closedAt === undefined ? '' : `, ${seconds(closedAt - startedAt)} in all`;
  return html`<header><h1>${name} ${version}: ${state.replaceAll('-', ' ')}</h1><p>${reason}</p>
<p>From ${link(gitUrl)} at <code>${sourceCommit}</code>, on the branch <code>${branch}</code>, to ${namespace} on ${cluster}.</p>
<p>Started by ${startedBy} at ${new Date(startedAt).toISOString()}${took}.</p></header>`;
}

/** Only https is a link: an address of another scheme could run something. */
function link(url: string): Html {
  return url.startsWith('https://') ? html`<a href="${url}">${url}</a>` : html`<code>${url}</code>`;
}

function stepTable(steps: readonly StepView[]): Html {
  return html`<div class="scroll"><table><thead><tr><th>Step</th><th>State</th><th>Time</th><th>Attempts</th><th>Result</th></tr></thead><tbody>${steps.map(
    ({ step, state, startedAt, endedAt, attempts, reason, failure }) =>
      html`<tr><th scope="row">${step}</th><td>${state}</td><td>${
        startedAt !== undefined && endedAt !== undefined && seconds(endedAt - startedAt)
      }</td><td>${attempts}</td><td>${failure ? `${failure.code}: ${failure.reason}` : reason}</td></tr>`,
  )}</tbody></table></div>`;
}

function findings(steps: readonly StepView[]): Html | false {
  const all = steps.flatMap((step) => step.findings);
  return (
    all.length > 0 &&
    html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2><div class="scroll"><table><thead><tr><th>Check</th><th>Outcome</th><th>What was found</th></tr></thead><tbody>${all.map(
      ({ check, outcome, text }) => html`<tr><th scope="row">${check}</th><td>${outcome}</td><td>${text}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}

function figures(steps: readonly StepView[]): Html | false {
  const all = steps.flatMap((one) =>
    Object.entries(one.figures).map(([name, value]) => ({ step: one.step, name, value })),
  );
  return (
    all.length > 0 &&
    html`<section aria-labelledby="figures"><h2 id="figures">Figures</h2><div class="scroll"><table><thead><tr><th>Step</th><th>Figure</th><th>Value</th></tr></thead><tbody>${all.map(
      ({ step, name, value }) =>
        html`<tr><th scope="row">${step}</th><td>${name.replaceAll('_', ' ')}</td><td>${value}</td></tr>`,
    )}</tbody></table></div></section>`
  );
}

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`;
const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);
