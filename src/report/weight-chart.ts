import type { ReleaseReport } from '../domain/report/report.ts';
import { down, type Place } from './axis.ts';
import { chart, dataTable, spanOf } from './chart.ts';
import { clockTime, percent, ratioOf } from './figures.ts';
import { html, type Html } from './html.ts';
import { dots, held } from './paths.ts';

const TICKS = [0, 25, 50, 75, 100].map((value) => ({ value, label: `${value} %` }));

/** The wanted, proved and measured weights of the whole release. `marks`: actions of people. */
export function weightChart(
  { release, weights }: ReleaseReport,
  marks: readonly { readonly at: number; readonly text: string }[],
): Html {
  const { wanted, proofs, measured } = weights;
  const time = spanOf(release.started, release.until);
  const course = wanted.map(({ at, weight }) => ({ at, value: weight }));
  const where = (wants: (effective: string) => boolean) =>
    proofs.filter(({ effective }) => wants(effective)).map(({ at, wanted: value }) => ({ at, value }));
  const proved = where((effective) => effective === 'proved');
  const unproved = where((effective) => effective !== 'proved');
  const reported = proofs.some(({ effective }) => effective === 'reported');
  return chart({
    title: 'Weight of the new version',
    says: `Weights wanted: ${wanted.map(({ at, weight }) => `${weight} % from ${clockTime(at)}`).join(', ')}.${measured.length > 0 ? ` Share of requests measured last: ${percent((measured.at(-1)?.value.hits ?? 0) / (measured.at(-1)?.value.of ?? 1))}.` : ''}`,
    keys: [
      { kind: 'line wanted', text: 'wanted' },
      ...(proved.length > 0 ? [{ kind: 'dot proved', text: 'proved by reading it back' }] : []),
      ...(unproved.length > 0
        ? [{ kind: 'dot pending', text: reported ? 'reported by Argo, no proxy was read' : 'read back, not proved' }]
        : []),
      ...(measured.length > 0 ? [{ kind: 'band candidate', text: 'share of requests measured, 95 % interval' }] : []),
    ],
    time,
    value: { from: 0, to: 100 },
    ticks: TICKS,
    marks,
    draw: (x, y) => [
      html`<path class="band candidate" d="${measured.map(({ from, to, value }) => interval(x, y, Math.max(from, time.from), to, value)).join('')}"/>`,
      html`<path class="line wanted" d="${held(course, release.until, x, y)}"/>`,
      html`<path class="dot pending" d="${dots(unproved, x, y)}"/>`,
      ...proofs
        .filter(({ effective }) => effective === 'proved')
        .map(
          (proof) =>
            html`<path class="dot proved" d="${dots([{ at: proof.at, value: proof.wanted }], x, y)}"><title>${clockTime(proof.at)} ${proof.reason}</title></path>`,
        ),
    ],
    ...(release.state === 'succeeded'
      ? { note: 'At the end the new version is the stable one and has all users.' }
      : {}),
    data: dataTable({
      caption: 'Measured share',
      heads: ['Until', 'New version, 95 % interval'],
      rows: measured.map(({ to, value }) => [clockTime(to), ratioOf(value)]),
    }),
  });
}

/** The confidence interval, at least as thick as a line. With many requests it would be thinner. */
function interval(
  x: Place,
  y: Place,
  from: number,
  to: number,
  { low, high }: { readonly low: number; readonly high: number },
): string {
  const [top, bottom] = [down(y, high * 100), down(y, low * 100)];
  return `M${x(from)} ${Math.max(bottom, top + 2)}V${top}H${x(to)}V${Math.max(bottom, top + 2)}Z`;
}
