import { Module } from '@nestjs/common';
import { DistributionsModule } from './distributions/distributions.module';
import { RulesModule } from './rules/rules.module';

@Module({ imports: [RulesModule, DistributionsModule] })
export class AppModule {}
