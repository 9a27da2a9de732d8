import { RequireClusterToken } from '@alertagent/service-kit';
import { Controller, Get } from '@nestjs/common';
import { SigningKeysStore, type KeyStatement } from './signing-keys.store';

/** What leads a sidecar from the key that it trusts to the one that signs, however many rotations it slept through. */
@Controller('api/v1/configs/keys')
export class KeyStatementsController {
  constructor(private readonly keys: SigningKeysStore) {}

  /** The oldest statement first. */
  @Get()
  @RequireClusterToken('sync')
  async statements(): Promise<{ statements: KeyStatement[] }> {
    return { statements: await this.keys.statements() };
  }
}
