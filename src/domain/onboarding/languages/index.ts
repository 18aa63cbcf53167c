import { go } from './go.ts';
import type { LanguageKind } from './language.ts';
import { node } from './node.ts';
import { ownDockerfile } from './own-dockerfile.ts';
import { python } from './python.ts';

/** Every language that can be recognised. A new one is a file beside this one, and one line here. */
export const LANGUAGE_KINDS: readonly LanguageKind[] = [node, python, go, ownDockerfile];
