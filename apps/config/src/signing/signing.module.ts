import { Module } from '@nestjs/common';
import { ConfigSigner } from './config-signer';
import { SigningKeysStore } from './signing-keys.store';

/** The key that revisions are signed with. */
@Module({ providers: [SigningKeysStore, ConfigSigner], exports: [ConfigSigner] })
export class SigningModule {}
