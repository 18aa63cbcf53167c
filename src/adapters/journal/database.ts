export type Value = string | number | null;
export type Row = Readonly<Record<string, unknown>>;
/** Runs one statement. `?` is the placeholder of a value. */
export type Query = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

/** The common features of SQLite and PostgreSQL that the journal needs. Errors: the driver's own. */
export interface Database {
  readonly dialect: 'sqlite' | 'postgres';
  readonly query: Query;
  /** Runs all statements of `work` or none. Transactions that share a name in `alone` run one after the other. */
  transaction<T>(work: (query: Query) => Promise<T>, alone?: readonly string[]): Promise<T>;
  close(): Promise<void>;
}
