package dev.limner.cli.chaos.check;

import java.util.Set;

/** What may become of a job, by the beginning of its id. */
final class Expectations {
    private Expectations() {}

    static boolean allows(String id, String status, String code) {
        String kind = id.substring(0, id.indexOf('-') + 1);
        return switch (kind) {
            case "job-", "repeat-" -> status.equals("completed");
            // Drawn where a clock is wrong.
            case "late-" -> Set.of("expired", "completed").contains(status);
            case "bad-" -> status.equals("rejected") && code.equals("caption-empty");
            case "poison-" -> status.equals("failed") && code.equals("device-failed");
            case "halt-" -> status.equals("failed") && code.equals("worker-crashed");
            // Drawn twice where a new owner does not remember the first.
            case "conflict-" -> status.equals("completed") || code.equals("id-conflict");
            default -> false;
        };
    }
}
