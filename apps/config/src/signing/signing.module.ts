import { Module } from '@nestjs/common';
import { ConfigSigner } from './config-signer';
import { KeyStatementsController } from './key-statements.controller';
import { SigningKeysStore } from './signing-keys.store';

/** The key that revisions are signed with, and those before it. */
@Module({
  controllers: [KeyStatementsController],
  providers: [ConfigSigner, SigningKeysStore],
  exports: [ConfigSigner, SigningKeysStore],
})
export class SigningModule {}
