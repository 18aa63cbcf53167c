import { z } from 'zod';

const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const DAYS = 'sun|mon|tue|wed|thu|fri|sat';
/** Minute, hour, day of the month, month, day of the week: least and most, and the names that stand for numbers. */
const FIELDS = [
  [0, 59, undefined],
  [0, 23, undefined],
  [1, 31, undefined],
  [1, 12, MONTHS],
  [0, 7, DAYS],
] as const;

/** A time of day or week as cron writes it, in five fields. */
export const cron = z.string().max(100).refine(isCron, 'must be five fields of cron, such as "0 22 * * 1-5"');

function isCron(text: string): boolean {
  const parts = text.split(' ');
  return parts.length === FIELDS.length && FIELDS.every((field, index) => isField(parts[index] ?? '', field));
}

/** Parts with commas between them: `*`, a value or a range, each with an optional step. */
function isField(text: string, [least, most, names]: (typeof FIELDS)[number]): boolean {
  const value = `\\d{1,2}${names === undefined ? '' : `|${names}`}`;
  const form = new RegExp(`^(?:\\*|(?<from>${value})(?:-(?<to>${value}))?)(?:/(?<step>\\d{1,2}))?$`, 'i');
  return text.split(',').every((part) => {
    const found = form.exec(part)?.groups;
    if (!found) return false;
    const { from, to, step } = found;
    const inRange = [from, to].every((one) => one === undefined || !/^\d/.test(one) || isWithin(one, least, most));
    const ascends = from === undefined || to === undefined || !/^\d+$/.test(from + to) || Number(from) <= Number(to);
    return inRange && ascends && (step === undefined || Number(step) > 0);
  });
}

function isWithin(text: string, least: number, most: number): boolean {
  return Number(text) >= least && Number(text) <= most;
}
