package dev.limner.protocol;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The topics' names.
 *
 * @param prefix what they all start with
 */
public record Topics(String prefix) {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    /** The prefix of a fleet that says nothing else. */
    public static final Topics DEFAULT = new Topics("limner");

    public Topics {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "the topic prefix is '" + prefix + "', must be 1 to 128 of A-Z a-z 0-9 . _ -");
        }
    }

    /** The lanes a job can take, most urgent first. */
    public enum Lane {
        INTERACTIVE,
        STANDARD,
        BULK;

        /** The last part of the lane's topic. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public String jobs(Lane lane) {
        return prefix + ".jobs." + lane.wireName();
    }

    /** Every lane's topic, most urgent first. */
    public List<String> allJobs() {
        return List.of(jobs(Lane.INTERACTIVE), jobs(Lane.STANDARD), jobs(Lane.BULK));
    }

    public String results() {
        return prefix + ".results";
    }

    public String deadLetters() {
        return prefix + ".dead-letters";
    }

    public String cancellations() {
        return prefix + ".cancellations";
    }

    public String feedback() {
        return prefix + ".feedback";
    }

    public String models() {
        return prefix + ".models";
    }

    public String workers() {
        return prefix + ".workers";
    }
}
