/** So many looks of a window may find the file changed; one more, and it is no slip of a hand but another manager. */
const MOST_REPAIRS = 3;
/** Looks in a window, and looks without a change that end a conflict. There is one in a sync interval. */
const WINDOW_LOOKS = 10;

/** What to do about a file that somebody else changed. */
export type Answer = 'repair' | 'conflict';

/**
 * Tells a slip of somebody's hand, which is repaired, from another manager of the same file, which would change it back for
 * ever. In a conflict nothing is written until the other has left the file alone for a whole window.
 */
export class ForeignChanges {
  /** Whether each of the last looks found the file changed, the newest last. */
  private looks: boolean[] = [];
  private found: { hash: string | null; looks: number } | null = null;

  /** The file was found with a content that is not ours. */
  seen(hash: string | null): Answer {
    if (this.found !== null) {
      this.found = { hash, looks: this.found.hash === hash ? this.found.looks + 1 : 0 };
      if (this.found.looks < WINDOW_LOOKS) return 'conflict';
      this.over();
    }
    this.note(true);
    if (this.looks.filter(Boolean).length <= MOST_REPAIRS) return 'repair';
    this.found = { hash, looks: 0 };
    return 'conflict';
  }

  /** The file was found with our content. A conflict is over if the other one put it there. */
  ours(): void {
    if (this.found !== null) this.over();
    this.note(false);
  }

  /** Whether somebody else manages the file. */
  get isConflict(): boolean {
    return this.found !== null;
  }

  private note(isForeign: boolean): void {
    this.looks = [...this.looks, isForeign].slice(-WINDOW_LOOKS);
  }

  private over(): void {
    this.found = null;
    this.looks = [];
  }
}
