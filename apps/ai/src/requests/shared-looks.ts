/** Answers whoever asks the same while a look is under way with what that one finds: in a storm many ask the same at once. */
export class SharedLooks<T> {
  private readonly underWay = new Map<string, Promise<T>>();

  /** Errors: those of `look`, for all who wait for it. */
  at(what: string, look: () => Promise<T>): Promise<T> {
    const known = this.underWay.get(what);
    if (known) return known;
    const looking = look().finally(() => this.underWay.delete(what));
    this.underWay.set(what, looking);
    return looking;
  }
}
