import { Module } from '@nestjs/common';
import { LanesStore } from './lanes.store';

@Module({ providers: [LanesStore], exports: [LanesStore] })
export class LanesModule {}
