package dev.limner.cli.operate;

import dev.limner.cli.fleet.FleetClient;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every object that a committed record refers to.
 *
 * @param byDigest the objects' SHA-256, each with who refers to it
 */
record References(Map<String, String> byDigest) {
    private static final Pattern DIGEST = Pattern.compile("([0-9a-f]{64})\\.[a-z]+$");

    static References of(FleetClient client) {
        Map<String, String> found = new HashMap<>();
        List<String> topics = List.of(client.topics().results(), client.topics().deadLetters());
        try (FleetClient.Reader reader = client.reader(topics)) {
            reader.forEachUntilNow(record -> {
                if (record.topic().equals(client.topics().results())) {
                    FleetClient.result(record).ifPresent(result -> {
                        if (result.outcome() instanceof Outcome.Completed completed) {
                            completed.images().forEach(image -> found.put(image.sha256(), "job " + result.jobId()));
                        }
                    });
                } else {
                    String object = Letter.header(record.headers(), DeadLetterHeaders.OBJECT);
                    Matcher digest = DIGEST.matcher(object == null ? "" : object);
                    if (digest.find()) {
                        found.put(digest.group(1), "dead letter " + record.partition() + "@" + record.offset());
                    }
                }
            });
        }
        return new References(found);
    }

    Set<String> digests() {
        return byDigest.keySet();
    }
}
