import {
  giveAnalysisFeedback,
  listAnalysisFeedback,
  withdrawAnalysisFeedback,
  type AnalysisFeedbackPage,
  type AnalysisFeedbackView,
  type Done,
  type GiveAnalysisFeedback,
  type ListAnalysisFeedback,
  type WithdrawAnalysisFeedback,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { FeedbackService } from './feedback.service';

/** What others ask about feedback. */
@Controller()
export class FeedbackHandlers {
  constructor(private readonly feedback: FeedbackService) {}

  @OnRequest(giveAnalysisFeedback)
  give(query: GiveAnalysisFeedback): Promise<AnalysisFeedbackView> {
    return this.feedback.give(query);
  }

  @OnRequest(withdrawAnalysisFeedback)
  async withdraw(query: WithdrawAnalysisFeedback): Promise<Done> {
    await this.feedback.withdraw(query);
    return { done: true };
  }

  @OnRequest(listAnalysisFeedback)
  list(query: ListAnalysisFeedback): Promise<AnalysisFeedbackPage> {
    return this.feedback.list(query);
  }
}
