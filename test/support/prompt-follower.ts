import { setTimeout as sleep } from 'node:timers/promises';
import { ToolError, type Mcp } from './mcp-client.ts';

/** Does exactly what the text of a prompt says. Anything that the text omits is not done. */
export interface Followed {
  /** `done` or `stop`, and the words after it. */
  readonly end: string;
  /** Numbers of the steps, in the order in which they were taken. */
  readonly taken: readonly number[];
  readonly variables: Readonly<Record<string, unknown>>;
}

interface ParsedStep {
  readonly number: number;
  readonly waitMs: number;
  readonly tool: string;
  readonly args: string;
  readonly points: readonly string[];
}

const HEAD = /^(\d+)\. .*?(?:Wait (\d+) s\. )?Call `([a-z_]+)` with `(\{.*\})`\.$/;

export function parsePrompt(text: string): readonly ParsedStep[] {
  const steps: (ParsedStep & { points: string[] })[] = [];
  for (const line of text.split('\n')) {
    const head = HEAD.exec(line);
    if (head)
      steps.push({
        number: Number(head[1]),
        waitMs: Number(head[2] ?? 0) * 1000,
        tool: head[3] as string,
        args: head[4] as string,
        points: [],
      });
    else if (/^\d+\./.test(line)) throw new Error(`not a step: ${line}`);
    else if (line.startsWith('   - ')) steps.at(-1)?.points.push(line.slice(5));
  }
  return steps;
}

interface FollowOptions {
  /** Called before each step that a person has to agree to. */
  readonly agree?: (step: number) => boolean;
  /** Called with each step before it is taken. */
  readonly onStep?: (step: ParsedStep) => void | Promise<void>;
}

export async function followPrompt(
  mcp: Mcp,
  text: string,
  { agree = () => true, onStep }: FollowOptions = {},
): Promise<Followed> {
  const steps = parsePrompt(text);
  const variables: Record<string, unknown> = {};
  const taken: number[] = [];
  for (let at = 1; taken.length < 100; ) {
    const step = steps[at - 1];
    if (step?.number !== at) throw new Error(`there is no step ${at}`);
    taken.push(at);
    await onStep?.(step);
    const outcome = await new Following(mcp, step, variables, agree).take();
    if (typeof outcome === 'string') return { end: outcome, taken, variables };
    at = outcome;
  }
  throw new Error(`went in circles: ${taken.join(', ')}`);
}

/** A number is the next step. A text is the end. */
type Next = number | string;

class Following {
  private readonly mcp: Mcp;
  private readonly step: ParsedStep;
  private readonly variables: Record<string, unknown>;
  private readonly agree: (step: number) => boolean;

  constructor(mcp: Mcp, step: ParsedStep, variables: Record<string, unknown>, agree: (step: number) => boolean) {
    this.mcp = mcp;
    this.step = step;
    this.variables = variables;
    this.agree = agree;
  }

  async take(): Promise<Next> {
    if (this.step.waitMs > 0) await sleep(this.step.waitMs);
    const repeat = this.find(/^Repeat the call every (\d+) s, for at most (\d+) s, until (.*)\.$/);
    const began = Date.now();
    for (;;) {
      const answer = await this.call();
      if ('next' in answer) return answer.next;
      this.capture(answer.output);
      const decided = this.decide(answer.output);
      if (decided !== undefined) return decided;
      if (!repeat || this.holds(repeat[3] as string, answer.output)) return this.after();
      if (Date.now() - began > Number(repeat[2]) * 1000)
        throw new Error(
          `step ${this.step.number}: not ${repeat[3]} within ${repeat[2]} s: ${JSON.stringify(answer.output)}`,
        );
      await sleep(Number(repeat[1]) * 1000);
    }
  }

  private async call(): Promise<{ output: unknown } | { next: Next }> {
    try {
      return {
        output: await this.mcp.call(this.step.tool, JSON.parse(this.filled(this.step.args)) as Record<string, unknown>),
      };
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      const known = this.find(
        new RegExp(`^If the error is ${error.code}, (ask the person responsible; when they agree, )?(.*)\\.$`),
      );
      if (!known) throw error;
      if (known[1] && !this.agree(this.step.number)) return { next: 'stop: the person did not agree' };
      if ('confirm' in error.details) this.variables['CONFIRM'] = error.details['confirm'];
      return { next: outcome(known[2] as string) };
    }
  }

  private capture(output: unknown): void {
    for (const point of this.step.points) {
      const [, path, name] = /^Keep `(.*)` as ([A-Z_]+)\.$/.exec(point) ?? [];
      if (path === undefined || name === undefined) continue;
      const value = valueAt(output, path);
      if (value !== undefined) this.variables[name] = value;
    }
  }

  private decide(output: unknown): Next | undefined {
    for (const point of this.step.points) {
      const [, condition, then] = /^If (`.*?), (go to step \d+|stop: .*|you are done: .*)\.$/.exec(point) ?? [];
      if (condition !== undefined && then !== undefined && this.holds(condition, output)) return outcome(then);
    }
    return undefined;
  }

  private after(): Next {
    const then = this.find(/^Then (.*)\.$/);
    return then ? outcome(then[1] as string) : this.step.number + 1;
  }

  private find(pattern: RegExp): RegExpExecArray | undefined {
    for (const point of this.step.points) {
      const found = pattern.exec(point);
      if (found) return found;
    }
    return undefined;
  }

  private holds(condition: string, output: unknown): boolean {
    return condition.split(' and ').every((part) => this.holdsOne(part, output));
  }

  private holdsOne(part: string, output: unknown): boolean {
    const [, path, test] = /^`(.*)` is (.*)$/.exec(part) ?? [];
    if (path === undefined || test === undefined) throw new Error(`not a condition: ${part}`);
    const value = valueAt(output, this.filledPath(path));
    if (test === 'present' || test === 'absent') return (value !== undefined) === (test === 'present');
    const [, comparison = '', wanted = ''] = /^(not |at least |more than )?(.*)$/.exec(test) ?? [];
    const other = JSON.parse(this.filled(wanted)) as unknown;
    if (comparison === 'at least ') return typeof value === 'number' && value >= (other as number);
    if (comparison === 'more than ') return typeof value === 'number' && value > (other as number);
    return (JSON.stringify(value) === JSON.stringify(other)) === (comparison === '');
  }

  private filled(text: string): string {
    return text.replace(/<([A-Z_]+)>/g, (_, name: string) => JSON.stringify(this.valueOf(name)));
  }

  private filledPath(path: string): string {
    return path.replace(/<([A-Z_]+)>/g, (_, name: string) => String(this.valueOf(name)));
  }

  private valueOf(name: string): unknown {
    if (!(name in this.variables)) throw new Error(`step ${this.step.number} needs ${name}, which no step has stored`);
    return this.variables[name];
  }
}

function outcome(text: string): Next {
  const step = /^go to step (\d+)$/.exec(text)?.[1];
  return step === undefined ? text.replace(/^you are done/, 'done') : Number(step);
}

/** Paths have the form `a.b[role=x,kind=y].c`, `list[0]`, and `.*` for the only value of an object. */
export function valueAt(root: unknown, path: string): unknown {
  return [...path.matchAll(/([\w*]+)|\[([^\]]*)\]/g)].reduce<unknown>((at, [, key, filter]) => {
    if (typeof at !== 'object' || at === null) return undefined;
    if (key === '*') return Object.values(at).length === 1 ? Object.values(at)[0] : undefined;
    if (key !== undefined) return (at as Record<string, unknown>)[key];
    if (!Array.isArray(at)) return undefined;
    if (/^\d+$/.test(filter ?? '')) return at[Number(filter)] as unknown;
    const wanted = (filter ?? '').split(',').map((pair) => pair.split('='));
    return at.find((item: Record<string, unknown>) =>
      wanted.every(([name = '', value]) => String(item[name]) === value),
    ) as unknown;
  }, root);
}
