/** One shell line of a page, without its comment. */
export interface Line {
  readonly page: string;
  readonly text: string;
}

/** The lines of the shell blocks of a page; a line that ends with a backslash goes on in the next one. */
export function shellLines(page: string, markdown: string): readonly Line[] {
  return [...markdown.matchAll(/```(?:sh|bash)\n([\s\S]+?)```/g)]
    .flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'))
    .map((text) => text.replace(/(^|\s+)#.*$/, '').trim())
    .filter((text) => text !== '')
    .map((text) => ({ page, text }));
}
