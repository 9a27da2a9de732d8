import { Module } from '@nestjs/common';
import { AnalysesModule } from './analyses/analyses.module';
import { AutomationModule } from './automation/automation.module';
import { EscalationsModule } from './escalations/escalations.module';

@Module({ imports: [AnalysesModule, EscalationsModule, AutomationModule] })
export class AppModule {}
