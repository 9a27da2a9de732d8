import { runService } from '@alertagent/service-kit';
import { clustersService } from './clusters-service';

void runService(clustersService);
