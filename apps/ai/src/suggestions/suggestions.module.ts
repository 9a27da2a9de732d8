import { Module } from '@nestjs/common';
import { AutonomyRecords } from './autonomy-records';
import { SuggestionsStore } from './suggestions.store';

@Module({ providers: [AutonomyRecords, SuggestionsStore], exports: [AutonomyRecords, SuggestionsStore] })
export class SuggestionsModule {}
