import { Module } from '@nestjs/common';
import { ConfigSigner } from './config-signer';
import { KeyRotation } from './key-rotation';
import { KeyRotationHandlers } from './key-rotation.handlers';
import { KeyStatementsController } from './key-statements.controller';
import { SigningKeysStore } from './signing-keys.store';

/** The key that revisions are signed with, and those before it. */
@Module({
  controllers: [KeyRotationHandlers, KeyStatementsController],
  providers: [ConfigSigner, KeyRotation, SigningKeysStore],
  exports: [ConfigSigner],
})
export class SigningModule {}
