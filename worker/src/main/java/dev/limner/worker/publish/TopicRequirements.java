package dev.limner.worker.publish;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What publishing needs of the topics: that they are there, may be used and take records that are large enough. Of the
 * publishing thread, except for {@link #mostBytes()}.
 */
final class TopicRequirements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicRequirements.class);

    private final PublishSettings settings;
    private final TopicChecks checks;
    private volatile MostBytes mostBytes;

    TopicRequirements(PublishSettings settings) {
        this.settings = settings;
        this.checks = new TopicChecks(settings.bootstrap(), settings.client());
        this.mostBytes = new MostBytes(settings.mostBytes(), settings.mostBytes());
    }

    /** What the topics take. Safe from any thread. */
    MostBytes mostBytes() {
        return mostBytes;
    }

    /**
     * Looks at both topics and the job topics.
     *
     * @param missing what is missing already; brokers that do not answer are named only if nothing is
     * @return that, and what is missing besides and what to do about it
     */
    List<String> missing(List<String> missing) {
        List<String> all = new ArrayList<>(missing);
        List<TopicChecks.Use> uses = new ArrayList<>(List.of(results(), letters()));
        settings.jobTopics().forEach(topic -> uses.add(new TopicChecks.Use(topic, Set.of(AclOperation.READ), 0)));
        checks.look(uses).forEach((topic, finding) -> {
            switch (finding) {
                case TopicChecks.Finding.Fit(int most) -> fits(topic, most);
                case TopicChecks.Finding.Hidden hidden ->
                    LOG.atInfo().addKeyValue("topic", topic).log("not allowed to look at the topic; its use will tell");
                case TopicChecks.Finding.Unfit(String why) -> all.add(why);
                case TopicChecks.Finding.Silence(String why) -> {
                    if (all.isEmpty()) {
                        all.add(why);
                    }
                }
            }
        });
        return all;
    }

    /**
     * Looks at the dead-letter topic alone.
     *
     * @return what is wrong with it; empty if nothing is, or if that cannot be told
     */
    List<String> missingForLetters() {
        return switch (checks.look(List.of(letters())).get(settings.deadLettersTopic())) {
            case TopicChecks.Finding.Unfit(String why) -> List.of(why);
            case TopicChecks.Finding.Silence(String why) -> List.of(why);
            case TopicChecks.Finding.Hidden hidden -> List.of();
            case TopicChecks.Finding.Fit fit -> List.of();
            case null -> List.of();
        };
    }

    /** Written, and read again when an offset does not say what is answered. */
    private TopicChecks.Use results() {
        return new TopicChecks.Use(
                settings.resultsTopic(), Set.of(AclOperation.READ, AclOperation.WRITE), PublishSettings.LEAST_RECORD);
    }

    private TopicChecks.Use letters() {
        return new TopicChecks.Use(
                settings.deadLettersTopic(), Set.of(AclOperation.WRITE), PublishSettings.LEAST_RECORD);
    }

    private void fits(String topic, int most) {
        boolean forResults = topic.equals(settings.resultsTopic());
        if (!forResults && !topic.equals(settings.deadLettersTopic())) {
            return;
        }
        int allowed = Math.min(most, settings.mostBytes());
        MostBytes before = mostBytes;
        mostBytes = forResults ? new MostBytes(allowed, before.letter()) : new MostBytes(before.result(), allowed);
        if (most < settings.mostBytes()) {
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("maxMessageBytes", most)
                    .addKeyValue("mostBytes", settings.mostBytes())
                    .log("the topic takes less than limner.worker.publish.max-bytes says: larger results are answered"
                            + " with too-large, larger dead letters are cut; raise its max.message.bytes");
        }
    }

    /**
     * These brokers take less than they were thought to.
     *
     * @param topics that refused a record; empty if that has not been told
     */
    void tooLarge(Set<String> topics) {
        Map<String, TopicChecks.Finding> found = checks.look(List.of(results(), letters()));
        mostBytes = mostBytes.lowered(
                new MostBytes(most(found.get(settings.resultsTopic())), most(found.get(settings.deadLettersTopic()))),
                topics.isEmpty() || topics.contains(settings.resultsTopic()),
                topics.isEmpty() || topics.contains(settings.deadLettersTopic()));
        LOG.atWarn()
                .addKeyValue("topics", topics)
                .addKeyValue("mostBytes", mostBytes)
                .log("a record was too large");
    }

    private static int most(TopicChecks.@Nullable Finding finding) {
        return finding instanceof TopicChecks.Finding.Fit(int most) ? most : Integer.MAX_VALUE;
    }

    @Override
    public void close() {
        checks.close();
    }
}
