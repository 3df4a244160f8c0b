package dev.limner.testkit.chaos.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.limner.testkit.chaos.check.BadJob;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Jobs with everything the contract lets a job have, and some that it does not. One thread. */
final class JobMaker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> THINGS = List.of(
            "red apple", "blue fish", "green tree", "yellow sun", "cat face", "house", "train", "umbrella", "rocket");
    private static final int SIDE = 64;
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final Random random;
    private final List<BadJob> badJobs;
    private final int ordinaryOf;
    private int bad;

    /**
     * A job record.
     *
     * @param key says what ought to become of it
     */
    record Made(String key, byte @Nullable [] value, List<Header> headers) {}

    /**
     * @param dense whether a third of the jobs are out of the ordinary, instead of a fifteenth
     * @param mixed whether workers of an earlier release answer them too
     */
    JobMaker(Random random, boolean dense, boolean mixed) {
        this.random = random;
        this.badJobs = mixed ? BadJob.ofEveryRelease() : List.of(BadJob.values());
        this.ordinaryOf = dense ? 36 : 180;
    }

    /** What the next job is to be: the beginning of its key. */
    String kind() {
        return switch (random.nextInt(ordinaryOf)) {
            case 0, 1 -> "bad";
            case 2 -> "late";
            case 3 -> "tight";
            case 4 -> "gone";
            case 5, 6 -> "maybe";
            case 7, 8 -> "again";
            case 9 -> "noid";
            case 10 -> "early";
            case 11 -> "kept";
            default -> "job";
        };
    }

    /** @param number unlike any other job's of this kind */
    Made make(String kind, int number) {
        String key = kind + "-" + number;
        return switch (kind) {
            case "bad" -> bad(number);
            case "late" -> with(key, number, Map.of("deadline", Instant.now().minusSeconds(60)));
            case "tight" -> with(key, number, Map.of("deadline", Instant.now().plusMillis(100 + random.nextInt(3000))));
            case "again" -> new Made(key, bytes(job(key, number)), headers(number, 1 + number % 3));
            case "noid" -> {
                ObjectNode job = job(key, number);
                job.remove("id");
                yield new Made(key, bytes(job), headers(number, number % 2));
            }
            default -> new Made(key, bytes(job(key, number)), headers(number, 0));
        };
    }

    private Made bad(int number) {
        return bad(badJobs.get(bad++ % badJobs.size()), number);
    }

    /** A record that can never be generated. */
    Made bad(BadJob what, int number) {
        String key = "bad-" + what.wireName() + "-" + number;
        return new Made(key, what.value(job(key, number)), headers(number, number % 3 == 0 ? 1 : 0));
    }

    private Made with(String key, int number, Map<String, Instant> times) {
        ObjectNode job = job(key, number);
        times.forEach((name, time) -> job.put(name, time.toString()));
        return new Made(key, bytes(job), headers(number, 0));
    }

    /** A plain job of one small image. */
    static Made plain(String key, int number) {
        return new Made(
                key, bytes(plainJob(key, number, THINGS.get(number % THINGS.size()) + ", take " + number)), List.of());
    }

    /** A plain job with a deadline, of the least bytes. */
    static Made small(String key, Instant deadline) {
        return new Made(
                key,
                bytes(JSON.createObjectNode().put("id", key).put("caption", "x").put("deadline", deadline.toString())),
                List.of());
    }

    /** A job that the faulty device knows by its seed. */
    static Made seeded(String key, long seed) {
        return new Made(
                key,
                bytes(JSON.createObjectNode()
                        .put("id", key)
                        .put("caption", "trouble")
                        .put("seed", seed)),
                List.of());
    }

    private static ObjectNode plainJob(String id, int number, String caption) {
        return JSON.createObjectNode().put("id", id).put("caption", caption).put("seed", number * STEP);
    }

    private ObjectNode job(String id, int number) {
        ObjectNode job = plainJob(id, number, caption(number));
        if (number % 9 == 4) {
            job.remove("seed");
        }
        int die = random.nextInt(1000);
        if (die < 60) {
            job.put("count", die < 4 ? 64 : die < 8 ? 33 : 3);
        }
        if (number % 5 == 0) {
            job.put("format", "jpeg");
        }
        if (number % 6 == 0) {
            job.putObject("size").put("width", SIDE).put("height", SIDE);
        }
        if (number % 8 == 1) {
            job.put("truncation", 0.7);
        }
        if (number % 10 == 0) {
            job.put("deadline", Instant.now().plus(Duration.ofDays(1)).toString());
        }
        if (number % 2 == 0) {
            job.put("tenant", "tenant-" + number % 7);
        }
        if (number % 3 != 0) {
            job.putObject("context")
                    .put("order", number)
                    .put("note", "für " + id)
                    .putArray("tags")
                    .add(number % 4)
                    .add(true);
        } else {
            job.putObject("group").put("id", "group-" + number / 9).put("size", 3);
        }
        if (number % 10 == 3) {
            // Of a later release: this one reads past it.
            job.putObject("mood").put("warm", true);
        }
        return job;
    }

    private static String caption(int number) {
        String thing = THINGS.get(number % THINGS.size()) + ", take " + number;
        if (number % 15 == 7) {
            return thing + " with a caption longer than encoders read".repeat(6);
        }
        if (number % 11 == 3) {
            return "火车 雨伞 " + number;
        }
        // Spaces around it, and a letter of two characters that is understood as one.
        return number % 13 == 5 ? "  cafe\u0301 and " + thing + " " : thing;
    }

    private static List<Header> headers(int number, int redrive) {
        List<Header> headers = new ArrayList<>();
        if (number % 4 == 0) {
            headers.add(
                    header("traceparent", String.format(Locale.ROOT, "00-%032x-%016x-01", number + 1L, number + 1L)));
        }
        if (number % 4 == 1) {
            headers.add(header("shop", "number " + number));
        }
        if (redrive > 0) {
            headers.add(header("limner-redrive", String.valueOf(redrive)));
            headers.add(header("limner-redrive-origin", "limner.jobs.bulk-1@" + number));
            headers.add(header("limner-redrive-letter", "limner.dead-letters-0@" + number));
        }
        return headers;
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(ObjectNode job) {
        return job.toString().getBytes(StandardCharsets.UTF_8);
    }
}
