/** A value of a TOML file. Numbers and dates stay text, because detection needs none. */
export type TomlValue = string | boolean | readonly TomlValue[] | { readonly [key: string]: TomlValue };

export type TomlTable = Record<string, TomlValue>;

/** Reads TOML as `pyproject.toml` uses it. Throws SyntaxError with the line. */
export function parseToml(text: string): TomlTable {
  return new Reader(text).document();
}

const BARE = /[A-Za-z0-9_-]+/y;
const SPACE = /[ \t]*(?:#[^\n]*)?/y;
const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;
const WORD = /[^\s,\]}#]+/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' };

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): TomlTable {
    const root: TomlTable = Object.create(null) as TomlTable;
    let table = root;
    for (this.#skip(BLANK); this.#at < this.#text.length; this.#skip(BLANK)) {
      if (this.#eat('[[')) table = this.#header(root, ']]');
      else if (this.#eat('[')) table = this.#header(root, ']');
      else this.#assign(table);
      this.#skip(SPACE);
      if (this.#at < this.#text.length && !this.#eat('\n') && !this.#eat('\r\n')) throw this.#error('a line end');
    }
    return root;
  }

  #header(root: TomlTable, end: string): TomlTable {
    const keys = this.#keys();
    if (!this.#eat(end)) throw this.#error(end);
    return end === ']' ? this.#tableAt(root, keys) : this.#newElement(root, keys);
  }

  #newElement(root: TomlTable, keys: readonly string[]): TomlTable {
    const parent = this.#tableAt(root, keys.slice(0, -1));
    const [last = ''] = keys.slice(-1);
    const element: TomlTable = Object.create(null) as TomlTable;
    const list = parent[last];
    parent[last] = [...(Array.isArray(list) ? (list as TomlValue[]) : []), element];
    return element;
  }

  #tableAt(from: TomlTable, keys: readonly string[]): TomlTable {
    return keys.reduce((table, key) => {
      const found = table[key] ?? (table[key] = Object.create(null) as TomlTable);
      const inner = Array.isArray(found) ? (found as TomlValue[]).at(-1) : found;
      if (typeof inner !== 'object' || Array.isArray(inner)) throw this.#error(`a table in place of ${key}`);
      return inner as TomlTable;
    }, from);
  }

  #assign(table: TomlTable): void {
    const keys = this.#keys();
    if (!this.#eat('=')) throw this.#error('=');
    this.#skip(SPACE);
    const [last = ''] = keys.slice(-1);
    this.#tableAt(table, keys.slice(0, -1))[last] = this.#value();
  }

  #keys(): readonly string[] {
    const keys: string[] = [];
    do {
      this.#skip(SPACE);
      keys.push(this.#key());
      this.#skip(SPACE);
    } while (this.#eat('.'));
    return keys;
  }

  #key(): string {
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#string();
    return this.#match(BARE) ?? this.#fail('a key');
  }

  #value(): TomlValue {
    const next = this.#text[this.#at];
    if (next === '"' || next === "'") return this.#string();
    if (this.#eat('[')) return this.#list();
    if (this.#eat('{')) return this.#inline();
    const word = this.#match(WORD) ?? this.#fail('a value');
    return word === 'true' ? true : word === 'false' ? false : word;
  }

  #list(): readonly TomlValue[] {
    const values: TomlValue[] = [];
    for (this.#skip(BLANK); !this.#eat(']'); this.#skip(BLANK)) {
      values.push(this.#value());
      this.#skip(BLANK);
      if (!this.#eat(',') && this.#text[this.#at] !== ']') throw this.#error(', or ]');
    }
    return values;
  }

  #inline(): TomlTable {
    const table: TomlTable = Object.create(null) as TomlTable;
    for (this.#skip(BLANK); !this.#eat('}'); this.#skip(BLANK)) {
      this.#assign(table);
      this.#skip(BLANK);
      if (!this.#eat(',') && this.#text[this.#at] !== '}') throw this.#error(', or }');
    }
    return table;
  }

  #string(): string {
    const quote = this.#text[this.#at] ?? '';
    const mark = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    const from = this.#at + mark.length;
    let end = from;
    while (end < this.#text.length && !this.#text.startsWith(mark, end))
      end += quote === '"' && this.#text[end] === '\\' ? 2 : 1;
    const raw = this.#text.slice(from, end);
    if (end >= this.#text.length || (mark.length === 1 && raw.includes('\n'))) throw this.#error(`a closing ${mark}`);
    this.#at = end + mark.length;
    const body = mark.length === 3 ? raw.replace(/^\r?\n/, '') : raw;
    return quote === '"' ? body.replace(/\\(\r?\n\s*|.)/g, (_, letter: string) => ESCAPES[letter] ?? '') : body;
  }

  #eat(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #skip(pattern: RegExp): void {
    this.#match(pattern);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(wanted: string): never {
    throw this.#error(wanted);
  }

  #error(wanted: string): SyntaxError {
    return new SyntaxError(`line ${this.#text.slice(0, this.#at).split('\n').length}: ${wanted} is expected`);
  }
}
