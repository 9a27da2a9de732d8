/** A closed list of values, or how many different ones are kept before the rest counts as `other`. */
export type LabelSpec = readonly string[] | { readonly max: number };
export type LabelSpecs = Readonly<Record<string, LabelSpec>>;
export type LabelNames<L extends LabelSpecs> = keyof L & string;

/** What a caller must give for each label: one of the closed list, or any text for a capped one. */
export type LabelValues<L extends LabelSpecs> = {
  [K in LabelNames<L>]: L[K] extends readonly (infer V)[] ? V : string;
};

/** Where values go that were not declared or came after the cap. */
export const OTHER = 'other';

/** The labels of one metric; keeps the number of its series bounded. */
export class LabelSet<L extends LabelSpecs> {
  private readonly seen = new Map<string, Set<string>>();
  private readonly specs: readonly (readonly [string, LabelSpec])[];

  /** `prepare` is called for each combination of values as soon as it is known, so that it can start at 0. */
  constructor(
    labels: L | undefined,
    private readonly prepare: (values: Record<LabelNames<L>, string>) => void,
  ) {
    this.specs = Object.entries(labels ?? {});
    for (const [name, spec] of this.specs) if (!isClosed(spec)) this.seen.set(name, new Set());
    if (this.seen.size === 0) this.prepareCombinations({});
  }

  /** The values to record under: declared ones as they are, all others as `other`. */
  resolve(values: LabelValues<L>): Record<LabelNames<L>, string> {
    let isNew = false;
    const result: Record<string, string> = {};
    const capped: Record<string, string> = {};
    for (const [name, spec] of this.specs) {
      const value = String(Reflect.get(values, name));
      if (isClosed(spec)) {
        result[name] = spec.includes(value) ? value : OTHER;
        continue;
      }
      const known = this.seen.get(name) ?? new Set();
      if (!known.has(value) && known.size < spec.max) {
        known.add(value);
        isNew = true;
      }
      result[name] = capped[name] = known.has(value) ? value : OTHER;
    }
    if (isNew) this.prepareCombinations(capped);
    return result as Record<LabelNames<L>, string>;
  }

  /** Makes room for another value of the capped labels. */
  forget(values: LabelValues<L>): void {
    for (const [name, known] of this.seen) known.delete(String(Reflect.get(values, name)));
  }

  private prepareCombinations(given: Record<string, string>): void {
    let combinations: Record<string, string>[] = [given];
    for (const [name, spec] of this.specs) {
      if (!isClosed(spec)) continue;
      combinations = combinations.flatMap((values) => spec.map((value) => ({ ...values, [name]: value })));
    }
    for (const values of combinations) this.prepare(values as Record<LabelNames<L>, string>);
  }
}

function isClosed(spec: LabelSpec): spec is readonly string[] {
  return Array.isArray(spec);
}
