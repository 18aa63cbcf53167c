/** The action after an answer: another step, by its id, or the end. */
export type Outcome = { readonly go: string } | { readonly stop: string } | { readonly done: string };

export interface Step {
  readonly id: string;
  readonly title: string;
  /** Seconds to wait before the call. */
  readonly wait?: number;
  readonly tool: string;
  /** Arguments of the call. A value of type `Variable` represents a value from an earlier answer. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Checked against each answer, in order: `` `effective` is "refused" ``. */
  readonly when?: readonly (readonly [condition: string, outcome: Outcome])[];
  /** By code of the error catalogue. Any other error is the end. */
  readonly errors?: Readonly<Record<string, Outcome & { readonly ask?: true }>>;
  readonly until?: { readonly condition: string; readonly everySeconds: number; readonly atMostSeconds: number };
  /** Path in the answer, and the name under which the value is stored. */
  readonly capture?: Readonly<Record<string, string>>;
  /** If absent, the next step. */
  readonly then?: Outcome;
}

/** A value that was stored under a name, for use in arguments. */
export class Variable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The step, and the same step with `take_over` after a person has agreed to overwrite fields of another manager. */
export function withTakeOver(step: Step, next: string): readonly Step[] {
  const over = `${step.id}-over`;
  const errors = { ...step.errors, FIELD_CONFLICT: { ask: true, go: over } } as const;
  return [
    { ...step, errors, then: step.then ?? { go: next } },
    {
      ...step,
      id: over,
      title: 'Somebody else manages these fields (the error names who), and the person has agreed to take them over',
      args: { ...step.args, take_over: true },
      then: step.then ?? { go: next },
    },
  ];
}

/**
 * The step, and the same step with the confirmation after the responsible person has agreed. The value comes from the
 * error and never from here, because a text for an agent must not confirm anything.
 */
export function withConfirmation(step: Step, next: Outcome): readonly Step[] {
  const confirmed = `${step.id}-confirmed`;
  const errors = { ...step.errors, CONFIRMATION_REQUIRED: { ask: true, go: confirmed } } as const;
  return [
    { ...step, errors, then: next },
    {
      ...step,
      id: confirmed,
      title: 'The same call, after the responsible person has agreed. CONFIRM is the value in the error',
      args: { ...step.args, confirm: new Variable('CONFIRM') },
      then: next,
    },
  ];
}

const RULES = [
  'Follow the steps in order. After each answer go through the points under its step from top to bottom. Keep the values that it names, if the answer has them. Then the first "If" that applies decides.',
  'Paths such as `services[role=canary].name` point into the structured answer. <NAME> in arguments stands for the value kept under NAME, as JSON.',
  'Ask for a confirmation each time that a step says so; CONFIRMATION_DECLINED is the end.',
  'An error that a step does not name, or a time that runs out, is the end: tell the person what you saw, and do nothing else.',
];

/** Steps as a numbered list of exact calls. */
export function stepsText(goal: string, more: readonly string[], steps: readonly Step[]): string {
  const numbers = new Map(steps.map(({ id }, index) => [id, index + 1]));
  return [
    goal,
    '',
    ...[...RULES, ...more].map((rule) => `- ${rule}`),
    '',
    ...steps.flatMap((step, index) => stepLines(step, index + 1, numbers)),
  ].join('\n');
}

function stepLines(step: Step, number: number, numbers: ReadonlyMap<string, number>): string[] {
  const { title, wait, tool, args, when = [], errors = {}, until, capture: keep = {}, then } = step;
  const points = [
    ...Object.entries(keep).map(([path, name]) => `Keep \`${path}\` as ${name}.`),
    ...Object.entries(errors).map(
      ([code, { ask, ...outcome }]) =>
        `If the error is ${code}, ${ask ? 'ask the person responsible; when they agree, ' : ''}${outcomeText(outcome, numbers)}.`,
    ),
    ...when.map(([condition, outcome]) => `If ${condition}, ${outcomeText(outcome, numbers)}.`),
    ...(until
      ? [
          `Repeat the call every ${until.everySeconds} s, for at most ${until.atMostSeconds} s, until ${until.condition}.`,
        ]
      : []),
    ...(then ? [`Then ${outcomeText(then, numbers)}.`] : []),
  ];
  return [
    `${number}. ${title}. ${wait ? `Wait ${wait} s. ` : ''}Call \`${tool}\` with \`${argsText(args)}\`.`,
    ...points.map((point) => `   - ${point}`),
  ];
}

function outcomeText(outcome: Outcome, numbers: ReadonlyMap<string, number>): string {
  if ('stop' in outcome) return `stop: ${outcome.stop}`;
  if ('done' in outcome) return `you are done: ${outcome.done}`;
  const number = numbers.get(outcome.go);
  if (number === undefined) throw new Error(`There is no step ${outcome.go}.`);
  return `go to step ${number}`;
}

function argsText(args: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(args).filter(([, value]) => value !== undefined);
  return `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value instanceof Variable ? `<${value.name}>` : JSON.stringify(value)}`).join(',')}}`;
}
