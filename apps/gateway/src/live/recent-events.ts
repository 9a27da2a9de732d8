import type { LiveEvent } from './live-event';

/** However few events are kept, they take no more characters of payload than this. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The last events of the stream, in order of their numbers. */
export class RecentEvents {
  private events: LiveEvent[] = [];
  private characters = 0;

  /**
   * @param limit how many are kept
   * @param maxCharacters how much payload is kept
   */
  constructor(
    private readonly limit: number,
    private readonly maxCharacters = MAX_CHARACTERS,
  ) {}

  /** Number of the oldest one; undefined when there is none. */
  get firstSeq(): number | undefined {
    return this.events[0]?.seq;
  }

  /** Adds the newest event, and drops old ones that are too many. The newest one always stays. */
  add(event: LiveEvent): void {
    this.events.push(event);
    this.characters += event.data.length;
    while (this.events.length > this.limit || (this.characters > this.maxCharacters && this.events.length > 1)) {
      this.characters -= this.events.shift()?.data.length ?? 0;
    }
  }

  /** The event of this number. */
  get(seq: number): LiveEvent | undefined {
    const event = this.events[this.indexAfter(seq) - 1];
    return event?.seq === seq ? event : undefined;
  }

  /** The next event after this number; undefined when there is none. */
  after(seq: number): LiveEvent | undefined {
    return this.events[this.indexAfter(seq)];
  }

  clear(): void {
    this.events = [];
    this.characters = 0;
  }

  private indexAfter(seq: number): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.seq ?? Infinity) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
