import { Module } from '@nestjs/common';
import { ActionsHandlers } from './actions.handlers';
import { ActionsService } from './actions.service';
import { ActionsStore } from './actions.store';

@Module({ controllers: [ActionsHandlers], providers: [ActionsService, ActionsStore] })
export class AutomationModule {}
