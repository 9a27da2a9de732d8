/** A fact as consumers see it. */
export interface Fact {
  /** The message id: a repetition carries the same. */
  id: string;
  incident: string;
  kind: 'opened' | 'updated' | 'resolved';
}

/** The outbox, its relay and one consumer, with the crashes that a relay can have. */
export class SimulatedOutbox {
  private readonly rows: Fact[] = [];
  private published = 0;
  private serial = 0;
  /** Everything the stream received, repetitions included. */
  readonly stream: Fact[] = [];
  /** What the consumer did, once per message id. */
  readonly effects: Fact[] = [];
  private readonly seen = new Set<string>();

  /** Adds facts in the transaction of their batch. */
  add(facts: readonly Omit<Fact, 'id'>[]): void {
    for (const fact of facts) this.rows.push({ ...fact, id: `m${(this.serial += 1)}` });
  }

  /** Publishes what waits. With a crash after publishing, what was sent is not marked and goes out again. */
  relay(crashesAfterPublish: boolean): void {
    const waiting = this.rows.slice(this.published);
    for (const fact of waiting) this.deliver(fact);
    if (!crashesAfterPublish) this.published = this.rows.length;
  }

  private deliver(fact: Fact): void {
    this.stream.push(fact);
    if (this.seen.has(fact.id)) return;
    this.seen.add(fact.id);
    this.effects.push(fact);
  }

  /** How many facts were written. */
  get written(): number {
    return this.rows.length;
  }
}
