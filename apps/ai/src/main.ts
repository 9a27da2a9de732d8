import { runService } from '@alertagent/service-kit';
import { aiService } from './service';

void runService(aiService);
