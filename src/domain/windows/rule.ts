/** The parts of a recurrence rule that a window may have, with the pattern of their values. */
const PARTS: Readonly<Record<string, RegExp>> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d{0,2}$/,
  COUNT: /^[1-9]\d{0,3}$/,
  UNTIL: /^\d{8}(T\d{6})?$/,
  BYMONTH: list('(?:[1-9]|1[0-2])'),
  BYMONTHDAY: list('-?(?:[1-9]|[12]\\d|3[01])'),
  BYDAY: list('(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)'),
  BYSETPOS: list('-?[1-9]\\d{0,2}'),
  WKST: /^(MO|TU|WE|TH|FR|SA|SU)$/,
};

/** The longest month that each number names. A rule for the 30th of February would never occur. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function list(item: string): RegExp {
  return new RegExp(`^${item}(,${item})*$`);
}

/**
 * What is wrong with a recurrence rule (RFC 5545, without the prefix RRULE:). Undefined: it is right. Times of day come
 * from the start of the window, so the rule has none. UNTIL is a time on the clocks of the window's time zone.
 */
export function ruleProblem(rule: string): string | undefined {
  const parts = rule.split(';').map((part) => part.split('='));
  const names = parts.map(([name = '']) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return `names ${repeated} twice`;
  for (const [name = '', value = '', ...more] of parts) {
    const pattern = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!pattern) return `has a part that windows do not know; the parts are ${Object.keys(PARTS).join(', ')}`;
    if (more.length > 0 || !pattern.test(value)) return `has a wrong value for ${name}`;
  }
  return combinationProblem(new Map(parts.map(([name = '', value = '']) => [name, value])));
}

function combinationProblem(parts: ReadonlyMap<string, string>): string | undefined {
  const freq = parts.get('FREQ');
  if (freq === undefined) return 'has no FREQ';
  if (parts.has('COUNT') && parts.has('UNTIL')) return 'has COUNT and UNTIL; one of them ends it';
  const numbered = /\d/.test(parts.get('BYDAY') ?? '');
  if (numbered && freq !== 'MONTHLY' && freq !== 'YEARLY')
    return 'numbers days in BYDAY, which needs MONTHLY or YEARLY';
  if (freq === 'WEEKLY' && parts.has('BYMONTHDAY')) return 'has BYMONTHDAY, which WEEKLY does not take';
  if (parts.has('BYSETPOS') && !['BYMONTH', 'BYMONTHDAY', 'BYDAY'].some((name) => parts.has(name)))
    return 'has BYSETPOS without days or months to choose from';
  return neverOccurs(parts) ? 'names days that its months do not have, so it would never occur' : undefined;
}

function neverOccurs(parts: ReadonlyMap<string, string>): boolean {
  const days = numbers(parts.get('BYMONTHDAY'));
  const months = numbers(parts.get('BYMONTH'));
  if (days.length === 0 || months.length === 0) return false;
  return days.every((day) => months.every((month) => Math.abs(day) > (LONGEST[month - 1] ?? 31)));
}

function numbers(value: string | undefined): readonly number[] {
  return value === undefined ? [] : value.split(',').map(Number);
}
