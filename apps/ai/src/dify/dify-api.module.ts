import { Module } from '@nestjs/common';
import { DifyApi } from './dify-api';

@Module({ providers: [DifyApi], exports: [DifyApi] })
export class DifyApiModule {}
