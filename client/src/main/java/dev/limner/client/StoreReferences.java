package dev.limner.client;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Every object that a committed record of a fleet refers to.
 *
 * @param byDigest the SHA-256 of what results and dead letters say is in the store, each with who says so
 * @param mentioned everything that looks like a digest in records that may mean an image or an example: feedback, dead
 *     letters, results of a build that this one cannot read. To be kept, not to be missed
 * @param feedback records ever written to the feedback topic, whether it still keeps them or not
 */
public record StoreReferences(Map<String, String> byDigest, Set<String> mentioned, long feedback) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern OBJECT = Pattern.compile("([0-9a-f]{64})\\.[a-z]+$");

    /** @throws IllegalStateException if the brokers do not say what there is */
    public static StoreReferences of(FleetClient client) throws InterruptedException {
        Map<String, String> found = new HashMap<>();
        Set<String> mentioned = new HashSet<>();
        String results = client.topics().results();
        String letters = client.topics().deadLetters();
        String feedback = client.topics().feedback();
        List<String> topics;
        try (FleetAdmin admin = client.admin()) {
            topics = admin.existing(List.of(results, letters, feedback));
        }
        try (FleetClient.Reader reader = client.reader(topics)) {
            reader.forEachUntilNow(record -> {
                if (record.topic().equals(results)) {
                    ofResult(record, found, mentioned);
                } else if (record.topic().equals(letters)) {
                    ofLetter(record, found);
                    mention(record.value(), mentioned);
                } else {
                    mention(record.value(), mentioned);
                }
            });
        }
        // Counted last: what came in while the topics were read is not known here, and has to be known by somebody.
        try (FleetAdmin admin = client.admin()) {
            return new StoreReferences(found, mentioned, topics.contains(feedback) ? admin.everWritten(feedback) : 0);
        }
    }

    private static void ofResult(FleetRecord record, Map<String, String> found, Set<String> mentioned) {
        Optional<Result> result = FleetClient.result(record);
        if (result.isEmpty()) {
            mention(record.value(), mentioned);
        } else if (result.get().outcome() instanceof Outcome.Completed completed) {
            completed
                    .images()
                    .forEach(image ->
                            found.put(image.sha256(), "job " + result.get().jobId()));
        }
    }

    private static void ofLetter(FleetRecord record, Map<String, String> found) {
        Matcher digest = OBJECT.matcher(record.header(DeadLetterHeaders.OBJECT).orElse(""));
        if (digest.find()) {
            found.put(digest.group(1), "dead letter " + record.partition() + "@" + record.offset());
        }
    }

    private static void mention(byte @Nullable [] value, Set<String> mentioned) {
        if (value != null) {
            Matcher matcher = DIGEST.matcher(new String(value, StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                mentioned.add(matcher.group());
            }
        }
    }

    /** Everything that is to be kept. */
    public Stream<String> all() {
        return Stream.concat(byDigest.keySet().stream(), mentioned.stream());
    }
}
