import { Module } from '@nestjs/common';
import { DeadLettersStore } from './dead-letters.store';

@Module({ providers: [DeadLettersStore], exports: [DeadLettersStore] })
export class DeadLettersStoreModule {}
