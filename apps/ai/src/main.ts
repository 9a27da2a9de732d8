import { runService } from '@alertagent/service-kit';
import { aiService } from './service';
import { stepBack } from './step-back';

// Alerts never wait for analyses: on a machine that both share, the alert path gets the processor first.
stepBack();
void runService(aiService);
