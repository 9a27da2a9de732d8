import 'reflect-metadata';
import { runBackground } from '@alertagent/service-kit';
import { gatewayService } from './service';

void runBackground(gatewayService);
