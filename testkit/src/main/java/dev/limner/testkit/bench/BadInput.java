package dev.limner.testkit.bench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Records that are no jobs, one kind after the other, the same ones for the same seed. One thread. */
final class BadInput {
    private static final int OVER_THE_LIMIT = 70 << 10;
    private static final int FOR_THE_STORE = 300 << 10;
    private static final int KINDS = 8;

    private final SplittableRandom random;
    private long made;

    BadInput(long seed) {
        this.random = new SplittableRandom(seed);
    }

    byte[] next() {
        return switch ((int) (made++ % KINDS)) {
            case 0 -> bytes(random.nextInt(1, 400));
            case 1 -> text("{\"caption\": \"a cat");
            case 2 -> text("{\"caption\": \"a\", \"group\": {\"id\": \"g\"}}");
            case 3 -> text("{\"caption\": [\"a cat\"], \"count\": \"many\"}");
            case 4 -> text("{\"caption\": \"a cat\", \"count\": " + random.nextInt(65, 1 << 30) + "}");
            case 5 -> text("[".repeat(random.nextInt(17, 5000)));
            case 6 -> text("{\"caption\": \"\\u202e\\u0000\\u001b[2J\"}");
            // Half of the large ones are too large for a dead letter and go to the store.
            default -> bytes(made % (2 * KINDS) == 0 ? FOR_THE_STORE : OVER_THE_LIMIT);
        };
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            // Never a brace first: the rest of the alphabet cannot begin a job.
            bytes[i] = (byte) (i == 0 ? 0xFF : random.nextInt(256));
        }
        return bytes;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
