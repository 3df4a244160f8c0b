package dev.limner.worker.job;

/**
 * A job, or some consecutive images of one, with all that the stages so far have made of it. Every stage puts a record of
 * its own around the one it was given, so what belongs to a job cannot get to another. Immutable, so safe from any thread.
 */
public interface Task {
    /** The job, and which of its images are meant. */
    QueuedJob queued();
}
