import { PartLink } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';

/** Rung when the inbox has something for the pipeline. */
const INBOX = 'inbox';

/** Tells the pipeline of this process that the inbox has something for it, in whichever part of the process it runs. */
@Injectable()
export class PipelineBell {
  constructor(private readonly parts: PartLink) {}

  /** Rings without waiting; nobody listening is fine, the pipeline also looks by itself. */
  ring(): void {
    this.parts.ring(INBOX);
  }

  /** Webhooks that wait for their commit: while there are many, the pipeline steps back. */
  get waitingSenders(): number {
    return this.parts.waitingCallers;
  }

  set waitingSenders(webhooks: number) {
    this.parts.waitingCallers = webhooks;
  }

  onRing(listener: () => void): void {
    this.parts.onRing(INBOX, listener);
  }
}
