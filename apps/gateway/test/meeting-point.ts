/** Holds those who arrive until all are there, once; closed it lets everybody through. */
export class MeetingPoint {
  private waiting: (() => void)[] = [];
  private isOpen = false;
  private onMet: () => void = () => undefined;
  private onArrival: () => void = () => undefined;
  private firstArrival: Promise<void> = Promise.resolve();

  /** @param size how many must meet */
  constructor(private readonly size: number) {}

  /** Opens it for one meeting; resolves when all have met. */
  open(): Promise<void> {
    this.isOpen = true;
    this.firstArrival = new Promise((resolve) => (this.onArrival = resolve));
    return new Promise((resolve) => (this.onMet = resolve));
  }

  /** Resolves when the first one waits. */
  someoneWaits(): Promise<void> {
    return this.firstArrival;
  }

  async arrive(): Promise<void> {
    if (!this.isOpen) return;
    const met = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.onArrival();
    if (this.waiting.length === this.size) this.letGo();
    await met;
  }

  private letGo(): void {
    this.isOpen = false;
    for (const go of this.waiting.splice(0)) go();
    this.onMet();
  }
}
