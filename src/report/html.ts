/** Text that is already HTML. Only `html` creates it, so that nothing reaches a page unescaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * HTML from a template whose values are data. Values are escaped for text and for quoted attributes. Lists are joined.
 * Undefined and false become nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + shown(parts[index - 1]) + string));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}

function shown(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.text;
  if (isList(part)) return part.map(shown).join('');
  return String(part).replace(/[&<>"']/g, (found) => ESCAPES[found] ?? '');
}
