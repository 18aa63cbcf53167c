import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** How a release treats a shape. `refused`: the plan names the line to change, of an object or of the release file. */
export const ENDS = ['driven', 'watched', 'refused'] as const;
export type End = (typeof ENDS)[number];

const object = z.record(z.string(), z.unknown());

/**
 * One shape of Rollout, route and template, as a change of a usual application. In every text `NAME` stands for the
 * name of the application, `IMAGE` for the image of the release, and `PROMETHEUS` for the address of Prometheus.
 */
const shapeFile = z.strictObject({
  /** What people have, in one sentence. */
  about: z.string(),
  /** The usual application that it changes. */
  base: z.enum(['canary', 'blue-green']).default('canary'),
  end: z.enum(ENDS),
  /** A merge patch (RFC 7386) of the Rollout. */
  rollout: object.default({}),
  /** A merge patch of the weighted TraefikService. `null`: there is none. */
  traefikService: object.nullable().default({}),
  /** A merge patch of the IngressRoute. `null`: there is none. */
  ingressRoute: object.nullable().default({}),
  /** Further objects. They are made before the Rollout. Each may name a namespace of its own. */
  objects: z.array(object).default([]),
  /** Fields of the release file. */
  release: object.default({}),
  /**
   * Another writer sets the new version, by this merge patch of the Rollout, and the release joins it. Without `IMAGE`
   * in it, the version has the same image.
   */
  update: object.optional(),
  /** Only for `refused`: a part of the line that the plan names. */
  line: z.string().optional(),
  /** Only for `refused`: merge patches that do what the line says. A release can then be planned. */
  changed: z.strictObject({ rollout: object, traefikService: object, release: object }).partial().optional(),
  /** Why no release of it can run in the sandbox. It is only planned. */
  plannedOnly: z.string().optional(),
  /** Why the sandbox has no bad version of it. Only a good one is released. */
  goodOnly: z.string().optional(),
});
export type Shape = z.output<typeof shapeFile> & { readonly name: string };

const DATA = join(import.meta.dirname, 'data');

/** Every shape, by name. Errors: ZodError with the name of the file in its message. */
export function readShapes(): readonly Shape[] {
  const files = readdirSync(DATA).filter((file) => file.endsWith('.yaml'));
  return files.toSorted().map((file) => readShape(file));
}

function readShape(file: string): Shape {
  const parsed = shapeFile.safeParse(parse(readFileSync(join(DATA, file), 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, name: basename(file, '.yaml') };
}
