import { IsInt, IsObject } from 'class-validator';
import { defineRequest } from './contract';
import { Nothing } from './kit';

/** The policy that decides about alerts now, with the suppressions in force. */
export class PolicyInForce {
  @IsInt() version!: number;
  /** A PolicySnapshot of libs/alerting, as the gateway stores it. */
  @IsObject() snapshot!: object;
}

/** For those who try alerts on the gateway's own decisions. */
export const getPolicyInForce = defineRequest({
  owner: 'gateway',
  subject: 'alertagent.gateway.v1.get-policy-in-force',
  request: Nothing,
  reply: PolicyInForce,
});
