import {
  endSigningKey,
  listKeySidecars,
  listSigningKeys,
  rotateSigningKey,
  type EndSigningKey,
  type KeySidecarPage,
  type ListKeySidecars,
  type RotateSigningKey,
  type SigningKeyList,
  type SigningKeyView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { KeyEnd } from './key-end';
import { KeyReliance } from '../reports/key-reliance';
import { KeyRotation } from './key-rotation';

/** Answers which keys there are, and takes the order to replace the one that signs. */
@Controller()
export class KeyRotationHandlers {
  constructor(
    private readonly rotation: KeyRotation,
    private readonly reliance: KeyReliance,
    private readonly ending: KeyEnd,
  ) {}

  @OnRequest(listSigningKeys)
  list(): Promise<SigningKeyList> {
    return this.rotation.list();
  }

  @OnRequest(listKeySidecars)
  sidecars(query: ListKeySidecars): Promise<KeySidecarPage> {
    return this.reliance.list(query);
  }

  @OnRequest(rotateSigningKey)
  rotate(query: RotateSigningKey): Promise<SigningKeyView> {
    return this.rotation.rotate(query);
  }

  @OnRequest(endSigningKey)
  end(query: EndSigningKey): Promise<SigningKeyView> {
    return this.ending.end(query);
  }
}
