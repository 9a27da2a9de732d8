import { Module } from '@nestjs/common';
import { HoldsModule } from '../holds/holds.module';
import { ReportsModule } from '../reports/reports.module';
import { SigningModule } from '../signing/signing.module';
import { KeyEnd } from './key-end';
import { KeyRotation } from './key-rotation';
import { KeyRotationHandlers } from './key-rotation.handlers';
import { LeftBehind } from './left-behind';

/** Which keys there are, who rests on them, and the order to replace the one that signs. */
@Module({
  imports: [HoldsModule, ReportsModule, SigningModule],
  controllers: [KeyRotationHandlers],
  providers: [KeyEnd, KeyRotation, LeftBehind],
})
export class RotationModule {}
