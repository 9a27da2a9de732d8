import { runService } from '@alertagent/service-kit';
import { configService } from './config-service';

void runService(configService);
