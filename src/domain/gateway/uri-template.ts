/**
 * Whether an address may come from a template of RFC 6570. A value without an operator has no slash; with an
 * operator it may be anything, also nothing.
 */
export function mayComeFrom(uri: string, template: string): boolean {
  const parts = template.split(/(\{[^{}]*\})/);
  const pattern = parts.map((part) => (/^\{.*\}$/s.test(part) ? valueOf(part) : escaped(part))).join('');
  return new RegExp(`^${pattern}$`, 's').test(uri);
}

function valueOf(expression: string): string {
  return /^\{[\w.%,:*]+\}$/.test(expression) ? '[^/]*' : '.*';
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
