import { Module } from '@nestjs/common';
import { RuleTestsStore } from './rule-tests.store';
import { TestGate } from './test-gate';

/** Apart from `RuleTestsModule`, because placement needs the gate and releases need placement. */
@Module({ providers: [RuleTestsStore, TestGate], exports: [RuleTestsStore, TestGate] })
export class TestGateModule {}
