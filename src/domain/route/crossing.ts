/** A rule that leads to a split from another namespace. */
export interface CrossingRule {
  /** "IngressRoute shop/api rule 2". */
  readonly place: string;
  /** Proxies that do not serve it. */
  readonly unserved: readonly string[];
  /** No proxy can be asked. */
  readonly unknown?: true;
}

/** The rules that lead to a split. `within`: the number of those in its own namespace. */
export interface OwnRules {
  readonly within: number;
  readonly crossing: readonly CrossingRule[];
}
