package dev.limner.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What holds for any bytes at all, as a Jazzer target: the decoder never throws, what it accepts survives a round trip,
 * and what it says of what it rejects is short, printable and has a place to go.
 */
public final class JobCodecFuzzer {
    private static final String FALLBACK = "limner.jobs.standard-0-0";
    private static final int LONGEST_MESSAGE = 1000;
    private static final int LARGEST_RESULT = 64 << 10;

    private JobCodecFuzzer() {}

    /** Called by Jazzer for every input it makes up. */
    public static void fuzzerTestOneInput(byte[] input) {
        switch (JobCodec.decode(input, FALLBACK)) {
            case Decoded.Valid(Job job) -> checkValid(job);
            case Decoded.Poison poison -> checkPoison(poison);
        }
    }

    private static void checkValid(Job job) {
        if (!(JobCodec.decode(JobCodec.encode(job), FALLBACK) instanceof Decoded.Valid(Job again))
                || !job.equals(again)) {
            throw new AssertionError("does not survive a round trip: " + job);
        }
        String title = job.title().orElse("");
        if (title.codePoints().anyMatch(Character::isISOControl)
                || title.codePointCount(0, title.length()) > LONGEST_MESSAGE) {
            throw new AssertionError("accepted: " + job);
        }
    }

    private static void checkPoison(Decoded.Poison poison) {
        if (!JobCodec.ID.matcher(poison.jobId()).matches()) {
            throw new AssertionError("an id that is none: " + poison);
        }
        String message = poison.error().message();
        if (message.isBlank()
                || message.length() > LONGEST_MESSAGE
                || message.codePoints().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not a message for a person: " + poison);
        }
        byte[] result = ResultCodec.encode(new Result(
                poison.jobId(),
                new Outcome.Rejected(poison.error()),
                poison.tenant(),
                poison.context(),
                null,
                null,
                0,
                1,
                "worker",
                null,
                null,
                null,
                List.of()));
        if (result.length > LARGEST_RESULT || new String(result, StandardCharsets.UTF_8).indexOf('\0') >= 0) {
            throw new AssertionError("a result of " + result.length + " bytes for " + poison);
        }
    }
}
