import type { Asked, Build, Language } from '../service.ts';
import type { Source } from '../source.ts';

/** How services of one language are recognised. A new language is a file beside this one and a line in index.ts. */
export interface LanguageKind {
  readonly name: Language;
  /** The files at the top of the folder that show the language. */
  readonly marks: readonly string[];
  /** Errors: SOURCE_AMBIGUOUS, SOURCE_NO_START, SOURCE_REFUSED. */
  detect(source: Source, asked: Asked): Build;
}
