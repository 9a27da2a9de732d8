import {
  endSigningKey,
  KeySidecarPage,
  listKeySidecars,
  listSigningKeys,
  PageQuery,
  rotateSigningKey,
  SigningKeyEnd,
  SigningKeyList,
  SigningKeyRotation,
  SigningKeyView,
} from '@alertagent/contracts';
import {
  actorOf,
  Bus,
  CurrentPrincipal,
  JsonBody,
  QueryParams,
  RequireRole,
  type Principal,
} from '@alertagent/service-kit';
import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
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

  @Get(':id/sidecars')
  @RequireRole('viewer')
  @Operation({
    summary: 'Who rests on a key: trusts it, or is set to begin with it',
    description:
      'In the place of the id, `unknown` lists the sidecars that do not tell which key they trust, and `foreign` those that trust one that is not listed.',
    query: PageQuery,
    response: KeySidecarPage,
  })
  sidecars(@Param('id') id: string, @QueryParams(PageQuery) query: PageQuery): Promise<KeySidecarPage> {
    return this.bus.request(listKeySidecars, { ...query, key: id });
  }

  @Post()
  @RequireRole('admin')
  @Operation({
    summary: 'Sign with a new key from now on',
    description:
      'The key that signs until now also signs a statement that the new one follows it. Sidecars trust the new key by that statement alone, and the former key no longer; nothing is restarted. Refused while there are sidecars that do not tell which key they trust, because they may be too old to follow, unless their clusters are named in `leave_behind`.',
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

  @Post(':id/end')
  @HttpCode(200)
  @RequireRole('admin')
  @Operation({
    summary: 'Give up a retired key and those before it',
    description:
      'Their private keys are destroyed, and sidecars are led away from them no longer: who still trusts one of them refuses whatever comes. Refused while sidecars rest on them, or do not tell which key they trust, unless their clusters are named in `leave_behind`. Cannot be undone.',
    body: SigningKeyEnd,
    response: SigningKeyView,
  })
  end(
    @Param('id') id: string,
    @JsonBody(SigningKeyEnd) input: SigningKeyEnd,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SigningKeyView> {
    return this.bus.request(endSigningKey, { ...input, id, actor: actorOf(principal) });
  }
}
