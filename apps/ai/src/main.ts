import { constants, setPriority } from 'node:os';
import { runService } from '@alertagent/service-kit';
import { aiService } from './service';

// Alerts never wait for analyses: on a machine that both share, the alert path gets the processor first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
void runService(aiService);
