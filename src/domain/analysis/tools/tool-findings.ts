import { plural } from '../../plural.ts';
import type { SequentialSettings } from '../../release/plan.ts';
import { cleanText } from '../../safe-text.ts';
import type { ArmBlock } from '../block-test.ts';
import { ofTool, slowName } from '../question-name.ts';
import { findingOf } from '../sequential/finding.ts';
import type { QuestionState } from '../sequential/question.ts';
import type { Finding } from '../verdict.ts';
import { MOST_TOOLS, type ToolsState } from './tool-judge.ts';

/** With fewer calls of a tool to one version, even a broken tool is hardly proved. */
const ENOUGH_CALLS = 20;
const SHOWN = 8;
const MAX_NAME = 60;

type Named = readonly [tool: string, state: ToolsState[string]];

interface Asked {
  readonly settings: SequentialSettings;
  readonly blocks: number;
  readonly againstPast: boolean;
  /** Whether the release has failed. The budget is shared, so no single question decides that. */
  readonly failed: boolean;
}

/** A finding for each question on which the new version is proved worse, and one about all other tools. */
export function toolFindings(state: ToolsState, asked: Asked): readonly Finding[] {
  const worse = asked.failed ? Object.entries(state).flatMap(([tool, one]) => worseOf(tool, one, asked)) : [];
  const rest = Object.entries(state).filter(([tool]) => worse.every((finding) => finding.tool !== tool));
  return [...worse.map(({ finding }) => finding), ...restOf(rest, state, asked.againstPast)];
}

interface Worse {
  readonly tool: string;
  readonly finding: Finding;
}

function worseOf(tool: string, { errors, slow }: ToolsState[string], { settings, ...moment }: Asked): readonly Worse[] {
  const { alpha, errorsMargin, slowMargin } = settings;
  const question = (name: string, delta: number, of: QuestionState): Finding =>
    findingOf({ name: ofTool(name, cleanText(tool, MAX_NAME)), delta, weight: 0 }, of, {
      alpha,
      ...moment,
      shared: true,
    });
  return [
    question('errors', errorsMargin, errors),
    ...(slow ? [question(slowName(slow.ms), slowMargin, slow.question)] : []),
  ]
    .filter(({ outcome }) => outcome === 'fail')
    .map((finding) => ({ tool, finding }));
}

/** Nothing is proved against these tools. Which of them have too few calls is said. */
function restOf(tools: readonly Named[], all: ToolsState, againstPast: boolean): readonly Finding[] {
  if (tools.length === 0) return [];
  const hasFew = ([, { errors }]: Named): boolean =>
    errors.candidate.requests < ENOUGH_CALLS || stableOf(errors, againstPast).requests < ENOUGH_CALLS;
  const [few, judged] = [tools.filter(hasFew), tools.filter((tool) => !hasFew(tool))];
  const parts = [
    ...(judged.length > 0 ? [`none is proved worse of ${listed(judged, againstPast)}`] : []),
    ...(few.length > 0 ? [`too few calls to judge by itself: ${listed(few, againstPast)}`] : []),
    ...(Object.keys(all).length >= MOST_TOOLS ? [`only the first ${MOST_TOOLS} tools are judged by themselves`] : []),
  ];
  return [{ metric: 'tools', outcome: 'pass', reason: `tools: ${parts.join('; ')}` }];
}

/** Stable's calls in this step, or in its past hour where it gets no calls any more. */
function stableOf({ stable, past }: QuestionState, againstPast: boolean): ArmBlock {
  if (!againstPast) return stable;
  return past.reduce((sum, { requests, bad }) => ({ requests: sum.requests + requests, bad: sum.bad + bad }), NO_CALLS);
}

const NO_CALLS: ArmBlock = { requests: 0, bad: 0 };

function listed(tools: readonly Named[], againstPast: boolean): string {
  const shown = tools.slice(0, SHOWN).map(([tool, { errors }]) => {
    const stable = seen(stableOf(errors, againstPast));
    return `${cleanText(tool, MAX_NAME)} (new ${seen(errors.candidate)}, stable ${stable})`;
  });
  return [...shown, ...(tools.length > SHOWN ? [`${tools.length - SHOWN} more`] : [])].join(', ');
}

function seen({ requests, bad }: ArmBlock): string {
  return `${plural(Math.round(requests), 'call')}${bad > 0 ? `, ${Math.round(bad)} bad` : ''}`;
}
