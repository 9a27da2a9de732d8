/**
 * Where a request for an action stands. `pending`, `executing`, `completed` and `failed` of the original design, told apart finely
 * enough that a person can see what happened.
 */
export const ACTION_STATES = [
  /** A dry run: what would happen was worked out, and nothing else will happen. */
  'planned',
  /** Waits for a second person. */
  'pending_approval',
  /** May run; waits for a worker, or for room under a cap. */
  'approved',
  /** A worker has it in hand. */
  'executing',
  /** The executor says that it is done; its check, if it has one, is not over. */
  'succeeded',
  /** The check held. */
  'checked',
  /** The check did not hold in time, and there was nothing to take back. */
  'check_failed',
  /** The executor refused it; it had no effect. */
  'failed',
  /** Nobody can tell whether it had an effect: a person must look. It is never repeated. */
  'unknown',
  /** A worker takes it back. */
  'undoing',
  'undone',
  /** It could not be taken back: a person must look. */
  'undo_failed',
  /** A person said no. */
  'rejected',
  /** Withdrawn, stopped by the kill switch, or without its point. */
  'cancelled',
  /** Nobody approved it in time, or it could not run in time. */
  'expired',
] as const;
export type ActionState = (typeof ACTION_STATES)[number];

/** Every step there is. */
export const ACTION_STEPS: Readonly<Record<ActionState, readonly ActionState[]>> = {
  planned: [],
  pending_approval: ['approved', 'rejected', 'cancelled', 'expired'],
  approved: ['executing', 'cancelled', 'expired'],
  // Back to approved: only what has provably not begun, or what the target does once however often it is asked.
  executing: ['approved', 'succeeded', 'failed', 'unknown'],
  succeeded: ['checked', 'check_failed', 'undoing'],
  checked: ['undoing'],
  check_failed: ['undoing'],
  failed: [],
  unknown: ['succeeded', 'failed', 'undoing'],
  undoing: ['undone', 'undo_failed'],
  undone: [],
  undo_failed: ['undoing'],
  rejected: [],
  cancelled: [],
  expired: [],
};

/** Whether a request may go from one state to another. */
export const mayGo = (from: ActionState, to: ActionState): boolean => ACTION_STEPS[from].includes(to);

/** The states from which a request may go to this one. */
export const statesBefore = (to: ActionState): ActionState[] => ACTION_STATES.filter((from) => mayGo(from, to));
