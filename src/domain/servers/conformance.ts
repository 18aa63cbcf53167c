import type { ContractLock, ItemKind } from './contract/lock.ts';

/** The revision whose scenarios are run. The released suite has none of a later one. */
export const CONFORMANCE_REVISION = '2025-11-25';
/** The protocol era of that revision, as a lock names it. */
const ERA = '2025';

/** What a version has to declare so that a scenario says something about it. Absent: nothing. */
interface Need {
  readonly capability?: string;
  readonly item?: readonly [ItemKind, string];
}

const tool = (name: string): Need => ({ item: ['tool', name] });
const prompt = (name: string): Need => ({ item: ['prompt', name] });
const resource = (uri: string): Need => ({ item: ['resource', uri] });

/**
 * The scenarios of the public suite (@modelcontextprotocol/conformance 0.1.16) that look at a server, with what each
 * calls. Against a server that lacks it, some of them fail and some pass. Scenarios about the transport are left out,
 * because they would look at the gateway.
 */
const NEEDS = {
  'server-initialize': {},
  ping: {},
  'logging-set-level': { capability: 'logging' },
  'tools-list': { capability: 'tools' },
  'resources-list': { capability: 'resources' },
  'prompts-list': { capability: 'prompts' },
  'completion-complete': prompt('test_prompt_with_arguments'),
  'tools-call-simple-text': tool('test_simple_text'),
  'tools-call-image': tool('test_image_content'),
  'tools-call-audio': tool('test_audio_content'),
  'tools-call-embedded-resource': tool('test_embedded_resource'),
  'tools-call-mixed-content': tool('test_multiple_content_types'),
  'tools-call-with-logging': tool('test_tool_with_logging'),
  'tools-call-error': tool('test_error_handling'),
  'tools-call-with-progress': tool('test_tool_with_progress'),
  'tools-call-sampling': tool('test_sampling'),
  'tools-call-elicitation': tool('test_elicitation'),
  'elicitation-sep1034-defaults': tool('test_elicitation_sep1034_defaults'),
  'elicitation-sep1330-enums': tool('test_elicitation_sep1330_enums'),
  'json-schema-2020-12': tool('json_schema_2020_12_tool'),
  'resources-read-text': resource('test://static-text'),
  'resources-read-binary': resource('test://static-binary'),
  'resources-templates-read': { item: ['template', 'test://template/{id}/data'] },
  'resources-subscribe': resource('test://watched-resource'),
  'resources-unsubscribe': resource('test://watched-resource'),
  'prompts-get-simple': prompt('test_simple_prompt'),
  'prompts-get-with-args': prompt('test_prompt_with_arguments'),
  'prompts-get-embedded-resource': prompt('test_prompt_with_embedded_resource'),
  'prompts-get-with-image': prompt('test_prompt_with_image'),
} as const satisfies Readonly<Record<string, Need>>;

export type Scenario = keyof typeof NEEDS;
export const SCENARIOS = Object.keys(NEEDS) as [Scenario, ...Scenario[]];

type Declared = Pick<ContractLock, 'eras' | 'capabilities' | 'items'>;

/** The scenarios for which a version declares what they need. Empty if it does not speak the revisions of 2025. */
export function scenariosFor({ eras, capabilities, items }: Declared): readonly Scenario[] {
  if (!eras.includes(ERA)) return [];
  return SCENARIOS.filter((scenario) => {
    const { capability, item }: Need = NEEDS[scenario];
    if (capability !== undefined) return capabilities[capability] !== undefined;
    return item === undefined || items.some(({ kind, name }) => kind === item[0] && name === item[1]);
  });
}

/** What one scenario has found. `passed` and `failed`: numbers of its checks. `why`: the first failed check. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly passed: number;
  readonly failed: number;
  readonly why?: string;
}

/**
 * What speaks against a version. `expected`: scenarios that fail today; each of them must fail still, so that the
 * list stays true.
 */
export function conformanceProblems(
  results: readonly ScenarioResult[],
  expected: readonly Scenario[],
): readonly string[] {
  const run = new Set(results.map(({ scenario }) => scenario));
  const idle = expected.filter((scenario) => !run.has(scenario));
  return [
    ...results.flatMap((result) => problemOf(result, expected.includes(result.scenario)) ?? []),
    ...idle.map((scenario) => `${scenario} is expected to fail, and the version does not declare what it needs`),
  ];
}

function problemOf({ scenario, passed, failed, why }: ScenarioResult, expected: boolean): string | undefined {
  if (passed + failed === 0) return `${scenario} has looked at nothing`;
  if (expected) return failed === 0 ? `${scenario} is expected to fail, and passes` : undefined;
  return failed > 0 ? `${scenario} fails${why === undefined ? '' : `: ${why}`}` : undefined;
}
