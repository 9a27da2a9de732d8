import { Module } from '@nestjs/common';
import { HoldsModule } from '../holds/holds.module';
import { SigningModule } from '../signing/signing.module';
import { KeyReliance } from './key-reliance';
import { KeyRotation } from './key-rotation';
import { KeyRotationHandlers } from './key-rotation.handlers';
import { LeftBehind } from './left-behind';

/** Which keys there are, who rests on them, and the order to replace the one that signs. */
@Module({
  imports: [HoldsModule, SigningModule],
  controllers: [KeyRotationHandlers],
  providers: [KeyReliance, KeyRotation, LeftBehind],
})
export class RotationModule {}
