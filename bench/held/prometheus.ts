// Replaces Prometheus with a week of scrapes. Counters are computed for the requested window.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const SCRAPE_MS = 1_000;
const INSTANCE = '10.0.0.1:8082';
const BOUNDS = [0.1, 0.3, 1.2, 5];
const EPOCH = Date.parse('2026-01-01T00:00:00Z');
/** Requests per second. Some of a hundred fail, and some take longer than 0.3 s. */
const RATES = { stable: 30, candidate: 10 };
const SLOW = 0.02;
const BAD = 0.005;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://prometheus');
  const data = url.pathname.endsWith('/buildinfo')
    ? { version: '3.0.0' }
    : {
        resultType: 'matrix',
        result: matrix(url.searchParams.get('query') ?? '', Number(url.searchParams.get('time'))),
      };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'success', data }));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

function matrix(query: string, timeS: number): readonly Series[] {
  const [, name = '', label, service = '', windowMs] = /^(\w+)\{(\w+)="([^"]+)"\}\[(\d+)ms\]$/.exec(query) ?? [];
  if (label !== 'service') return [];
  const rate = service.includes('canary') ? RATES.candidate : RATES.stable;
  const end = Math.floor((timeS * 1000) / SCRAPE_MS);
  const first = Math.ceil((timeS * 1000 - Number(windowMs)) / SCRAPE_MS);
  const places = Array.from({ length: Math.max(0, end - first + 1) }, (_, index) => first + index);
  const series = (labels: Record<string, string>, share: number): Series => ({
    metric: { __name__: name, service, instance: INSTANCE, method: 'GET', protocol: 'http', ...labels },
    values: places.map((place) => [
      (place * SCRAPE_MS) / 1000,
      String(Math.floor((((place * SCRAPE_MS - EPOCH) * rate) / 1000) * share)),
    ]),
  });
  if (name.endsWith('_requests_total')) return [series({ code: '200' }, 1 - BAD), series({ code: '500' }, BAD)];
  const bucket = (le: number): Series => series({ code: '200', le: String(le) }, le < 1 ? 1 - SLOW : 1);
  return [...BOUNDS.map(bucket), series({ code: '200', le: '+Inf' }, 1)];
}
