import {
  listSigningKeys,
  rotateSigningKey,
  type RotateSigningKey,
  type SigningKeyList,
  type SigningKeyView,
} from '@alertagent/contracts';
import { OnRequest } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { KeyRotation } from './key-rotation';

/** Answers which keys there are, and takes the order to replace the one that signs. */
@Controller()
export class KeyRotationHandlers {
  constructor(private readonly rotation: KeyRotation) {}

  @OnRequest(listSigningKeys)
  list(): Promise<SigningKeyList> {
    return this.rotation.list();
  }

  @OnRequest(rotateSigningKey)
  rotate(query: RotateSigningKey): Promise<SigningKeyView> {
    return this.rotation.rotate(query);
  }
}
