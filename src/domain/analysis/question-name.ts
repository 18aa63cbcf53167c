/** What a question counts as bad, and whose answers it counts. */
export interface QuestionName {
  /** Slow answers, by their bound in ms. Absent: failed answers. */
  readonly slowerThanMs?: string;
  /** The tool of an MCP server. Absent: all answers. */
  readonly tool?: string;
}

export function slowName(ms: number): string {
  return `slow-${ms}ms`;
}

/** `errors of echo`, `slow-250ms of echo`. */
export function ofTool(question: string, tool: string): string {
  return `${question} of ${tool}`;
}

/** Undefined if the metric is no question of the sequential judge. */
export function readQuestion(metric: string): QuestionName | undefined {
  const found = /^(?:errors|slow-([\d.]+)ms)(?: of (.+))?$/s.exec(metric);
  if (!found) return undefined;
  const [, slow, tool] = found;
  return { ...(slow === undefined ? {} : { slowerThanMs: slow }), ...(tool === undefined ? {} : { tool }) };
}
