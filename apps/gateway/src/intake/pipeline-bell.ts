import { Injectable } from '@nestjs/common';

/** Tells the pipeline of this process that the inbox has something for it. */
@Injectable()
export class PipelineBell {
  private listener: (() => void) | undefined;

  /** Rings without waiting; nobody listening is fine, the pipeline also looks by itself. */
  ring(): void {
    this.listener?.();
  }

  /** Takes the place of whoever listened before. */
  onRing(listener: () => void): void {
    this.listener = listener;
  }
}
