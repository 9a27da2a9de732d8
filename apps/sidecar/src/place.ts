/**
 * Where the target's file is put. State, last good copy, lock and proof are the same for every transport; only this
 * differs.
 */
export interface Place {
  /** The content that is there, null when there is none. Rejects when that cannot be told. */
  read(): Promise<Buffer | null>;
  /**
   * Replaces the content as a whole: a reader sees the old or the new one, never a mixture. `check` may refuse the
   * complete content, shown to it as a temporary file, by throwing. On an error the old content is in place.
   */
  put(bytes: Buffer, check?: (temporaryPath: string) => Promise<void>): Promise<void>;
}
