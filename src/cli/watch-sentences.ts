import type { ReleaseOutput } from '../contract/release-view.ts';
import { readQuestion } from '../domain/analysis/question-name.ts';
import { shareText } from '../domain/report/summary-sentences.ts';
import { wrapText } from './fit.ts';
import { isJudgedNow } from '../domain/release/verdict-words.ts';

type Verdict = NonNullable<ReleaseOutput['verdict']>;

/** Two plain sentences: the answers of the versions, and the version that users have. The first needs a verdict. */
export function watchSentences(view: ReleaseOutput, columns: number, most: number): readonly string[] {
  const sentences = [answersSentence(view), usersSentence(view)].filter((text) => text !== undefined);
  return sentences.flatMap((text) => wrapText(text, columns, most));
}

function answersSentence({ state, verdict, image }: ReleaseOutput): string | undefined {
  if (!verdict) return undefined;
  const { metric, candidate, stable } = countsOf(verdict) ?? {};
  if (!candidate || !stable) return undefined;
  const when = isJudgedNow(state) ? 'In this step' : 'In the last judged step';
  if (candidate.requests === 0) return `${when} no answer of ${image} was counted.`;
  const { slowerThanMs: slow, tool } = readQuestion(metric ?? '') ?? {};
  const what = slow === undefined ? 'failed' : `took more than ${slow} ms`;
  const version = tool === undefined ? image : `the tool ${tool} of ${image}`;
  const other = stable.requests === 0 ? 'there is nothing to compare with' : `${shareText(stable)} of the old version`;
  return `${when} ${shareText(candidate)} of ${version} ${what}; ${other}.`;
}

/** The sentence about the question that failed, otherwise about errors. */
function countsOf({ findings, candidate, stable }: Verdict) {
  const failed = findings.find(({ outcome, evidence }) => outcome === 'fail' && evidence);
  const told = failed ?? findings.find(({ metric, evidence }) => metric === 'errors' && evidence);
  if (told?.evidence) return { metric: told.metric, ...told.evidence };
  const bad = (arm: Verdict['candidate']) => arm && { requests: arm.requests, bad: arm.errors };
  return candidate && stable ? { metric: 'errors', candidate: bad(candidate), stable: bad(stable) } : undefined;
}

function usersSentence(view: ReleaseOutput): string | undefined {
  const { state, image, closed_at: closed, users_percent: users, weights } = view;
  const time = closed === undefined ? '' : `, ${closed.slice(0, 10)} ${closed.slice(11, 19)} UTC`;
  const end = weights?.effective === 'reported' ? `${time}, as Argo reports` : time;
  if (state === 'succeeded') return `At its end${end}, all users (100 %) were on ${image}.`;
  if (state === 'rolled-back') return `At its end${end}, all users were on the old version.`;
  if (state === 'refused') return 'Nothing was changed: all users stayed on the old version.';
  if (state === 'superseded') return `Somebody set another version than ${image}, and the release left it alone.`;
  return users === undefined ? undefined : `${users} % of the users are meant to be on ${image} now.`;
}
