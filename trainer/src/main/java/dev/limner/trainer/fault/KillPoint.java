package dev.limner.trainer.fault;

/** Places in the life of feedback and of a round at which the trainer's death has consequences of its own. */
public enum KillPoint {
    /** Feedback is read, nothing of it is written. */
    INTAKE_READ,
    /** The dead letters are out, the feedback is not in the database. */
    INTAKE_BEFORE_COMMIT,
    /** The feedback is in the database, the consumer has not acknowledged it. */
    INTAKE_AFTER_COMMIT,
    /** A round is written down and nothing else. */
    ROUND_STARTED,
    /** The reward is being learned. */
    REWARD,
    /** A step of the tuning is done. */
    STEP,
    /** The gate measures. */
    GATE,
    /** The round has ended, its candidate is in no store. */
    ROUND_ENDED,
    /** The bundle is in the store, nobody has heard of it. */
    STAGED,
    /** The fleet has heard of it, the round is not closed. */
    ANNOUNCED
}
