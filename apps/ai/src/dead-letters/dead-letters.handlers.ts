import {
  deleteDeadLetter,
  deleteDeadLetters,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
  type DeadLetterPage,
  type DeletedDeadLetters,
  type DeleteDeadLetters,
  type Done,
  type HandleDeadLetter,
  type ListDeadLetters,
  type ReplayedAnalysis,
  type ReplayWorkflow,
  type WorkflowReplay,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { DeadLettersService } from './dead-letters.service';

/** What others ask about dead letters. */
@Controller()
export class DeadLettersHandlers {
  constructor(private readonly letters: DeadLettersService) {}

  @OnRequest(listDeadLetters)
  list(query: ListDeadLetters): Promise<DeadLetterPage> {
    return this.letters.list(query);
  }

  @OnRequest(replayDeadLetter)
  replay(query: HandleDeadLetter): Promise<ReplayedAnalysis> {
    return this.letters.replayOne(query);
  }

  @OnRequest(replayDeadLetters)
  replayAll(query: ReplayWorkflow): Promise<WorkflowReplay> {
    return this.letters.replayAll(query);
  }

  @OnRequest(deleteDeadLetter)
  async delete(query: HandleDeadLetter): Promise<Done> {
    await this.letters.delete(query);
    return { done: true };
  }

  @OnRequest(deleteDeadLetters)
  async deleteAll(query: DeleteDeadLetters): Promise<DeletedDeadLetters> {
    return { deleted: await this.letters.deleteAll(query) };
  }
}
