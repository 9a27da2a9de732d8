import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Old dead letters are found by their age. */
export class Retention1768430000000 implements MigrationInterface {
  readonly name = 'Retention1768430000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('dead_letters', byAge());
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('dead_letters', byAge());
  }
}

const byAge = (): TableIndex => new TableIndex({ name: 'IX_dead_letters_created', columnNames: ['created_at', 'id'] });
