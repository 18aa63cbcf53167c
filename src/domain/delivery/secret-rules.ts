import type { Violation } from './waivers.ts';

/** A file of an image that looks like a credential. Its content is never shown. */
export interface SuspectFile {
  /** The name of the rule. */
  readonly rule: string;
  readonly path: string;
  /** The layer that has it, beginning with 1. */
  readonly layer: number;
}

interface Rule {
  readonly rule: string;
  /** Which paths are looked at. Absent: all. */
  readonly path?: RegExp;
  /** What the text contains. Absent: the path is enough. */
  readonly text?: RegExp;
}

/** Formats that their issuers define. A rule of one's own guesses would find much that is no secret. */
const RULES: readonly Rule[] = [
  {
    rule: 'private-key',
    text: /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s:,-]{64}/,
  },
  { rule: 'aws-access-key', text: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { rule: 'github-token', text: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})\b/ },
  { rule: 'gitlab-token', text: /\bglpat-[A-Za-z0-9_-]{20}\b/ },
  { rule: 'slack-token', text: /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/ },
  { rule: 'google-api-key', text: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { rule: 'stripe-key', text: /\b[rs]k_live_[0-9A-Za-z]{24,}\b/ },
  { rule: 'npm-token', path: /(?:^|\/)\.npmrc$/, text: /_(?:authToken|password|auth)\s*=\s*[^\s$]/ },
  { rule: 'netrc', path: /(?:^|\/)[._]netrc$/, text: /\bpassword\s+\S/ },
  { rule: 'git-credentials', path: /(?:^|\/)\.git-credentials$/ },
  { rule: 'registry-login', path: /(?:^|\/)(?:\.docker\/config|auth)\.json$/, text: /"auth"\s*:\s*"[^"]{8}/ },
  {
    rule: 'environment-file',
    path: /(?:^|\/)\.env(?:\.(?!example|sample|template|dist)[\w-]+)?$/,
    text: /^[A-Z_]*(?:SECRET|TOKEN|PASSWORD|API_KEY)[A-Z_]*\s*=\s*[^\s$]/m,
  },
];

/** The names of all rules. */
export const SECRET_RULES: readonly string[] = RULES.map(({ rule }) => rule);

/** The rules that a file breaks. `text`: its content, or undefined if it is not text. */
export function brokenRules(path: string, text: string | undefined): readonly string[] {
  return RULES.filter(
    (one) =>
      (one.path === undefined || one.path.test(path)) &&
      (one.text === undefined || (text !== undefined && one.text.test(text))),
  ).map(({ rule }) => rule);
}

const MAX_SHOWN = 10;

/** One for each rule that found files. */
export function secretViolations(suspects: readonly SuspectFile[]): readonly Violation[] {
  return [...Map.groupBy(suspects, ({ rule }) => rule)].map(([rule, files]) => {
    const shown = files.slice(0, MAX_SHOWN).map(({ path, layer }) => `${path} in layer ${layer}`);
    const more = files.length > MAX_SHOWN ? ` and ${files.length - MAX_SHOWN} more` : '';
    return { check: 'secrets', rule, text: `${rule}: ${shown.join(', ')}${more}` };
  });
}
