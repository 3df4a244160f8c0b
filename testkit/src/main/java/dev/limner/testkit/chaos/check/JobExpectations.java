package dev.limner.testkit.chaos.check;

import java.util.Set;

/**
 * What may become of a job, by the beginning of its record's key:
 *
 * <pre>
 * job, repeat, again, noid, kept   generated ({@code kept}: cancelled, and the cancellation withdrawn before any worker started)
 * late                             expired: its deadline lay a minute back when it was sent
 * tight                            expired or generated in time
 * early                            cancelled before any worker started
 * gone                             cancelled before it was sent; long before, and it must not be generated
 * maybe                            cancelled a moment after it was sent
 * bad                              rejected as {@link BadJob} says
 * poison, halt                     failed on the device, or with its worker
 * conflict                         generated, or rejected for an id of another content
 * </pre>
 */
final class JobExpectations {
    /** A cancellation that old has been read by every worker, whatever outage was struck since. */
    static final long LONG_BEFORE_MILLIS = 80_000;

    private JobExpectations() {}

    /**
     * What one job may be answered with.
     *
     * @param statuses any of these
     * @param code of the error, if the status has one
     */
    record Expected(Set<String> statuses, String code) {}

    /**
     * @param clockIsWrong whether the worker that answered has a wrong idea of the time
     * @param cancelledBefore milliseconds from the job's cancellation to the job; negative if it came later, or never
     */
    static Expected of(JobRecord job, boolean clockIsWrong, long cancelledBefore) {
        return switch (job.kind()) {
            case "job", "repeat", "again", "noid", "kept" -> new Expected(Set.of("completed"), "");
            case "late" -> new Expected(clockIsWrong ? Set.of("expired", "completed") : Set.of("expired"), "");
            case "tight" -> new Expected(Set.of("expired", "completed"), "");
            case "early" -> new Expected(Set.of("cancelled"), "");
            case "gone" ->
                new Expected(
                        cancelledBefore >= LONG_BEFORE_MILLIS ? Set.of("cancelled") : Set.of("cancelled", "completed"),
                        "");
            case "maybe" -> new Expected(Set.of("cancelled", "completed"), "");
            case "bad" -> new Expected(Set.of("rejected"), BadJob.of(job.key()).code());
            case "poison" -> new Expected(Set.of("failed"), "device-failed");
            case "halt" -> new Expected(Set.of("failed"), "worker-crashed");
            case "conflict" -> new Expected(Set.of("completed", "rejected"), "id-conflict");
            default -> new Expected(Set.of(), "");
        };
    }

    /** Whether a job's cancellation was withdrawn or never made. */
    static boolean mayBeCancelled(JobRecord job) {
        return Set.of("early", "gone", "maybe").contains(job.kind());
    }
}
