import { GO_UNIT_MS } from '../../go-duration.ts';

/** Reads a document that another program or person wrote, and collects its faults, each with its path. */
export class Reader {
  readonly problems: string[] = [];

  refuse(path: string, message: string): undefined {
    this.problems.push(`${path}: ${message}`);
    return undefined;
  }

  object(value: unknown, path: string): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
    this.refuse(path, 'must be an object');
    return {};
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value;
    this.refuse(path, 'must be a list');
    return [];
  }

  /** Unknown fields are refused, because they might change the meaning of the others. */
  onlyKnown(value: Readonly<Record<string, unknown>>, known: readonly string[], path: string): void {
    for (const name of Object.keys(value))
      if (!known.includes(name))
        this.refuse(`${path}.${name}`, `is not supported; supported fields are ${known.join(', ')}`);
  }

  text(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    return typeof value === 'string' ? value : this.refuse(path, 'must be text');
  }

  /** A whole number, or text that contains one. */
  whole(value: unknown, path: string, least: number): number | undefined {
    if (value === undefined || value === null) return undefined;
    const number = typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= least) return number;
    return this.refuse(
      path,
      `${typeof value === 'string' || typeof value === 'number' ? value : 'this'} is not a whole number from ${least} on`,
    );
  }

  /** Milliseconds of a Go duration, such as 1m30s. */
  duration(value: unknown, path: string): number | undefined {
    const text = this.text(value, path);
    if (text === undefined) return undefined;
    return goDuration(text) ?? this.refuse(path, `${text} is not a duration such as 30s, 5m or 1h30m`);
  }
}

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

/** Source: time.ParseDuration. Undefined if the text is not a duration or is not above zero. */
function goDuration(text: string): number | undefined {
  let sum = 0;
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    sum += Number(part[1]) * (GO_UNIT_MS[part[2] ?? ''] as number);
    if (PART.lastIndex === text.length) return Math.round(sum);
  }
  return text === '0' ? 0 : undefined;
}
