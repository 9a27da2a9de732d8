import {
  listSigningKeys,
  rotateSigningKey,
  SigningKeyList,
  SigningKeyRotation,
  SigningKeyView,
} from '@alertagent/contracts';
import { actorOf, Bus, CurrentPrincipal, JsonBody, RequireRole, type Principal } from '@alertagent/service-kit';
import { Controller, Get, Post } from '@nestjs/common';
import { Operation } from '../openapi/operation.decorator';

/** The keys that the files of sidecars are signed with, over REST; the config service owns them. */
@Controller('api/v1/signing-keys')
export class SigningKeysController {
  constructor(private readonly bus: Bus) {}

  @Get()
  @RequireRole('viewer')
  @Operation({
    summary: 'List the keys that files are or were signed with, the newest first',
    response: SigningKeyList,
  })
  list(): Promise<SigningKeyList> {
    return this.bus.request(listSigningKeys, {});
  }

  @Post()
  @RequireRole('admin')
  @Operation({
    summary: 'Sign with a new key from now on',
    description:
      'The key that signs until now also signs a statement that the new one follows it. Sidecars trust the new key by that statement alone, and the former key no longer; nothing is restarted.',
    body: SigningKeyRotation,
    status: 201,
    response: SigningKeyView,
  })
  rotate(
    @JsonBody(SigningKeyRotation) input: SigningKeyRotation,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SigningKeyView> {
    return this.bus.request(rotateSigningKey, { ...input, actor: actorOf(principal) });
  }
}
