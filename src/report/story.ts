import type { Person, ReleaseReport } from '../domain/report/report.ts';
import { clockTime, iso } from './figures.ts';
import { html, type Html } from './html.ts';

/** Actions of people by time, with their numbers in the chart of the weights. */
export function actionsOf(
  people: readonly Person[],
): readonly { readonly at: number; readonly who: string; readonly text: string; readonly mark: string }[] {
  const actions = people
    .flatMap(({ who, did }) => did.map((action) => ({ ...action, who })))
    .toSorted((a, b) => a.at - b.at);
  return actions.map((action, index) => ({ ...action, mark: String(index + 1) }));
}

export function peopleList(people: readonly Person[]): Html {
  return html`<ol class="people">${actionsOf(people).map(({ at, who, text }) => html`<li><strong>${who}</strong> ${text} ${time(at)}</li>`)}</ol>`;
}

export function eventList(events: ReleaseReport['events']): Html {
  return html`<ol class="events">${events.map(({ at, state, text, who }) => html`<li>${time(at)}<div><span class="phase">${state.replaceAll('-', ' ')}</span> ${text}${who !== undefined && !text.includes(who) && html` <em>(${who})</em>`}</div></li>`)}</ol>`;
}

export function commandList(commands: ReleaseReport['commands']): Html {
  return html`<ul class="events">${commands.map(({ at, command, outcome, detail }) => html`<li>${time(at)}<div><strong>${command}</strong> ${outcome}: ${detail}</div></li>`)}</ul>`;
}

function time(at: number): Html {
  return html`<time datetime="${iso(at)}">${clockTime(at)}</time>`;
}
