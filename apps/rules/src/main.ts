import { runService } from '@alertagent/service-kit';
import { rulesService } from './rules-service';

void runService(rulesService);
