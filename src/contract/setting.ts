import { z } from 'zod';

/** One setting. Every source supplies text, so that a file, the environment and a flag have the same meaning. */
export interface Setting<T> {
  /** The name in the environment. In lower case it is the name in the settings file. */
  readonly env: string;
  readonly schema: z.ZodType<T, string>;
  readonly fallback: T;
  readonly about: string;
  /** Its value is never shown. */
  readonly secret?: true;
}

/** Settings by the name under which code reads them. */
export type SettingDefinitions = Readonly<Record<string, Setting<unknown>>>;

export type ValuesOf<D extends SettingDefinitions> = {
  readonly [Key in keyof D]: D[Key] extends Setting<infer T> ? T : never;
};

/** The values of some settings among all values. A setting without a value has its default. */
export function valuesOf<D extends SettingDefinitions>(definitions: D, all: object): ValuesOf<D> {
  const given = all as Readonly<Record<string, unknown>>;
  const values = Object.entries(definitions).map(([key, { fallback }]) => [key, given[key] ?? fallback] as const);
  return Object.fromEntries(values) as ValuesOf<D>;
}

export const setting = <T>(
  env: string,
  schema: z.ZodType<T, string>,
  fallback: NoInfer<T>,
  about: string,
): Setting<T> => ({ env, schema, fallback, about });

export const secret = <T>(...parts: Parameters<typeof setting<T>>): Setting<T> => ({
  ...setting(...parts),
  secret: true,
});

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
export const boolean = z.string().transform((value, context) => {
  const known = Object.hasOwn(BOOLEANS, value) ? BOOLEANS[value] : undefined;
  if (known === undefined) context.addIssue({ code: 'custom', message: 'must be true, false, 1 or 0' });
  return known ?? false;
});

/** Words that are separated by commas. Empty ones do not count. */
export const commaList = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
);

/** Above 0 and at most 1. */
export const ratio = z
  .string()
  .regex(/^(0|1|0?\.\d{1,6}|1\.0+|0\.\d{1,6})$/, 'must be a share from 0 to 1, as in 0.30')
  .transform(Number)
  .refine((value) => value > 0 && value <= 1, 'must be above 0 and at most 1');
