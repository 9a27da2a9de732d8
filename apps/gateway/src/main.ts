import 'reflect-metadata';
import { runService } from '@alertagent/service-kit';
import { gatewayService } from './service';

void runService(gatewayService);
