import { SECRET_RULES } from './secret-rules.ts';

/** The checks of an image, in the order of their findings. */
export const IMAGE_CHECKS = ['secrets', 'sbom', 'vulnerabilities', 'contract'] as const;
export type ImageCheck = (typeof IMAGE_CHECKS)[number];

/** Those that the settings may require: also the signature, which is made after the push. */
export const REQUIRABLE_CHECKS = [...IMAGE_CHECKS, 'signature'] as const;

/** An identifier of a vulnerability in a public database, as in CVE-2026-12345. */
export const VULNERABILITY_ID = /^(?:[A-Z][A-Z0-9]{1,15}-)[A-Za-z0-9][A-Za-z0-9:.-]{2,80}$/;

/** The rules of the check of contracts: a change that breaks callers, and one that does or says more than before. */
export const CONTRACT_RULES = ['contract-breaking', 'contract-security'] as const;

/** The check that a rule of a waiver belongs to. */
export function checkOf(rule: string): ImageCheck {
  if (CONTRACT_RULES.some((one) => one === rule)) return 'contract';
  return SECRET_RULES.includes(rule) ? 'secrets' : 'vulnerabilities';
}
