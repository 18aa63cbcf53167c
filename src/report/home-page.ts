import { shortTarget } from '../contract/release-view.ts';
import { html, Html } from './html.ts';
import { pill } from './outcome.ts';
import { STYLE } from './style.ts';

/** A release as the home page shows it. Times are epoch ms. */
export interface HomeRelease {
  readonly id: string;
  readonly state: string;
  readonly image: string;
  readonly startedBy: string;
  readonly startedAt: number;
  /** The reason of the state, for releases that have not ended. */
  readonly headline?: string;
  /** Path of the report on this server. */
  readonly report: string;
}

export interface Home {
  readonly version: string;
  readonly writing: boolean;
  /** Newest first. Absent if this server does not offer releases. */
  readonly releases?: readonly HomeRelease[];
  /** Why the list of releases is missing or incomplete. */
  readonly problem?: string;
}

/** The page loads nothing from other hosts and sends nothing to them. */
export const HOME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";
const REFRESH_S = 5;
/** The path of the page's script. The policy allows no other script. */
export const HOME_SCRIPT_PATH = '/home.js';

/** Reloads the page and replaces what has changed. The scroll position and the focus stay. */
export const HOME_SCRIPT = `setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch('/').catch(() => undefined);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), 'text/html') : undefined;
  const [now, next] = [document.querySelector('main'), page?.querySelector('main')];
  if (now && next && now.innerHTML !== next.innerHTML) now.innerHTML = next.innerHTML;
}, ${REFRESH_S * 1000});
`;

/** The page at `/`: releases with links to their reports, and the addresses of this server. Its script reloads it. */
export function renderHome(home: Home): string {
  const style = new Html(`<style>${STYLE}</style>`);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta http-equiv="content-security-policy" content="${HOME_POLICY}"><meta name="referrer" content="no-referrer"><script src="${HOME_SCRIPT_PATH}" defer></script>
<title>Sluice: releases</title>
${style}</head>
<body><header><p class="over">Sluice ${home.version}</p>
<h1>Releases</h1>
</header>
<main>${home.problem !== undefined && html`<p class="waits">${home.problem}</p>`}${list(home)}
<section aria-labelledby="addresses"><h2 id="addresses">This server</h2>
<dl><div><dt>MCP</dt><dd><code>/mcp</code></dd></div>
<div><dt>REST</dt><dd><a href="/engine/v1/docs">/engine/v1/docs</a> (try it), <a href="/engine/v1/tools">/engine/v1/tools</a>, <a href="/engine/v1/openapi.json">/engine/v1/openapi.json</a></dd></div>
<div><dt>Health</dt><dd><a href="/healthz">/healthz</a></dd></div>
<div><dt>Write tools</dt><dd>${home.writing ? 'on' : 'off (MCP_ALLOW_WRITE)'}</dd></div></dl></section></main>
<footer>The list is read anew every ${REFRESH_S} s. Times are UTC.</footer></body></html>
`.text;
}

function list({ releases }: Home): Html | undefined {
  if (!releases) return undefined;
  if (releases.length === 0)
    return html`<p>There are no releases yet. <code>sluice release start</code> starts one.</p>`;
  return html`<ol class="verdicts">${releases.map(one)}</ol>`;
}

function one({ id, state, image, startedBy, startedAt, headline, report }: HomeRelease): Html {
  const started = new Date(startedAt).toISOString();
  return html`<li>${pill(state)} <b><a href="${report}">${shortTarget(id)}</a></b> <code>${image}</code>
${headline !== undefined && html`<p>${headline}</p>`}
<p class="note">by ${startedBy}, <time datetime="${started}">${started.slice(0, 19).replace('T', ' ')}</time></p></li>`;
}
