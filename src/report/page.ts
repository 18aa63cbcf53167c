import { odds } from '../domain/analysis/odds.ts';
import type { ReleaseReport } from '../domain/report/report.ts';
import { comparisonChart } from './comparison-chart.ts';
import { evidenceBars } from './evidence-bars.ts';
import { evidenceCharts } from './evidence-chart.ts';
import { chosen } from './figures.ts';
import { head } from './head.ts';
import { Html, html } from './html.ts';
import { metricChart } from './metric-chart.ts';
import { queryList } from './query-list.ts';
import { commandList, actionsOf, eventList, peopleList } from './story.ts';
import { STYLE } from './style.ts';
import { verdictList } from './verdict-list.ts';
import { weightChart } from './weight-chart.ts';

/** The page loads nothing from other hosts, runs no script, and sends nothing to other hosts. */
export const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * The report as one file, without scripts and without references to other files. Every text of it is data and is
 * escaped.
 */
export function renderPage(report: ReleaseReport): string {
  const { target, state } = report.release;
  // The style is constant and contains characters that must not be escaped.
  const style = new Html(`<style>${STYLE}</style>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="content-security-policy" content="${POLICY}"><meta name="referrer" content="no-referrer">
<title>${target.namespace}/${target.rollout}: ${state.replaceAll('-', ' ')} (release report)</title>
${style}</head>
<body>${head(report)}<main>${sections(report)}</main>
<footer>Times are UTC. Written by Sluice from its journal: run <code>${report.release.run}</code>.</footer></body></html>
`.text;
}

function sections(report: ReleaseReport): readonly (Html | false)[] {
  const { comparisons, metrics, evidence, verdicts, people, events, commands, queries } = report;
  return [
    section(
      'Weights',
      html`${weightChart(
        report,
        actionsOf(people).map(({ at, mark }) => ({ at, text: mark })),
      )}`,
    ),
    section('People', peopleList(people)),
    comparisons.length > 0 &&
      section(
        'New version and stable, side by side',
        html`<div class="charts">${comparisons.map((one) => comparisonChart(one, report))}</div>`,
      ),
    evidence !== undefined &&
      section(
        'Evidence',
        html`${aboutEvidence(evidence.bound)}${evidenceBars(evidence)}<div class="charts">${evidenceCharts(evidence, report)}</div>`,
      ),
    metrics.length > 0 &&
      section(
        'Measured against limits',
        html`<div class="charts">${metrics.map((one) => metricChart(one, report))}</div>`,
      ),
    verdicts.length > 0 && section('Verdicts', verdictList(verdicts)),
    events.length > 0 && section('Events', eventList(events)),
    commands.length > 0 && section('Commands', commandList(commands)),
    queries.length > 0 && section('Queries', queryList(queries)),
  ];
}

function aboutEvidence(bound: number): Html {
  const alpha = chosen(Math.exp(-bound));
  return html`<p>Odds as in a bet, multiplied up block by block. A claim is proved when its odds reach ${odds(bound)}. At most ${alpha} of the versions that are not worse fail. At most ${alpha} of the worse ones pass. It does not matter when the release stops.</p>`;
}

function section(title: string, content: Html): Html {
  const id = title.toLowerCase().replace(/[^a-z]+/g, '-');
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${content}</section>
`;
}
