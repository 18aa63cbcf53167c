export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
/** Runs one statement; `?` stands for a value. */
export type Query = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

/** What SQLite and PostgreSQL have in common, as far as the journal needs it. Errors: the driver's own. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  readonly query: Query;
  /** All statements of `work` or none. Of transactions that name the same thing in `alone` one runs after the other. */
  transaction<T>(work: (query: Query) => Promise<T>, alone?: readonly string[]): Promise<T>;
  close(): Promise<void>;
}
