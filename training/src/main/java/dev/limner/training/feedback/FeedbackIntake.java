package dev.limner.training.feedback;

import dev.limner.protocol.DecodedFeedback;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.Opinion;
import dev.limner.protocol.RecordError;
import dev.limner.training.replay.FeedbackEntry;
import dev.limner.training.replay.GeneratedImage;
import dev.limner.training.replay.RecordPosition;
import dev.limner.training.replay.ReplayBuffer;
import dev.limner.training.replay.ReplayWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of the feedback topic into the replay buffer. Each is taken once, however often it is delivered: what lies
 * before a partition's position is passed over, and an id that is known changes nothing. What cannot be learned from goes
 * to the dead letters with its reason before the position moves. Safe from any thread; one at a time.
 */
public final class FeedbackIntake {
    private static final Logger LOG = LoggerFactory.getLogger(FeedbackIntake.class);

    private final ReplayBuffer replay;
    private final FeedbackImageCheck images;
    private final DeadLetters letters;
    private final long mostPerHour;
    private final InstantSource clock;
    private final Runnable crashPoint;
    private boolean warned;

    /**
     * @param mostPerHour how much one rater may say in an hour of the clock, and all that give no name together
     * @param clock when what carries only its sender's time has arrived
     * @param crashPoint called between the dead letters and the transaction, where a crash has consequences of its own
     */
    public FeedbackIntake(
            ReplayBuffer replay,
            FeedbackImageCheck images,
            DeadLetters letters,
            long mostPerHour,
            InstantSource clock,
            Runnable crashPoint) {
        if (mostPerHour < 1) {
            throw new IllegalArgumentException(
                    "limner.trainer.feedback.per-rater-per-hour is " + mostPerHour + ", must be at least 1");
        }
        this.replay = replay;
        this.images = images;
        this.letters = letters;
        this.mostPerHour = mostPerHour;
        this.clock = clock;
        this.crashPoint = crashPoint;
    }

    /** What the record and its image say; the rest depends on what came before. */
    private sealed interface Read {
        /** Can be learned from. */
        record Fine(FeedbackEntry entry) implements Read {}

        /** Cannot. */
        record Poison(RecordError error) implements Read {}
    }

    /**
     * Takes what was polled together, in one transaction. When this returns it is durable and may be acknowledged.
     *
     * @param records in the order of their offsets within a partition
     */
    public synchronized void take(List<FeedbackRecord> records) {
        List<FeedbackRecord> fresh = records.stream()
                .filter(record ->
                        replay.position(record.origin().topic(), record.origin().partition())
                                        .orElse(0L)
                                <= record.origin().offset())
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        Map<RecordPosition, Read> read = new HashMap<>();
        fresh.forEach(record -> read.put(record.origin(), read(record)));
        // The caps count what this batch adds as well, so that the letters are known before the transaction.
        Map<RecordPosition, RecordError> refused = refusals(fresh, read);
        fresh.stream()
                .filter(record -> refused.containsKey(record.origin()))
                .forEach(record -> letters.send(record, Objects.requireNonNull(refused.get(record.origin()))));
        crashPoint.run();
        replay.record(writer -> {
            for (FeedbackRecord record : fresh) {
                RecordError error = refused.get(record.origin());
                if (error != null) {
                    writer.refused(error.code().wireName());
                } else if (read.get(record.origin()) instanceof Read.Fine(FeedbackEntry entry)) {
                    addOnce(writer, entry);
                }
                writer.position(
                        record.origin().topic(),
                        record.origin().partition(),
                        record.origin().offset() + 1);
            }
        });
    }

    private static void addOnce(ReplayWriter writer, FeedbackEntry entry) {
        if (!writer.knows(entry.feedback().id())) {
            writer.add(entry);
        }
    }

    private Map<RecordPosition, RecordError> refusals(List<FeedbackRecord> fresh, Map<RecordPosition, Read> read) {
        Map<RecordPosition, RecordError> refused = new HashMap<>();
        Map<String, Long> said = new HashMap<>();
        Set<String> ids = new HashSet<>();
        replay.record(writer -> {
            for (FeedbackRecord record : fresh) {
                switch (Objects.requireNonNull(read.get(record.origin()))) {
                    case Read.Poison(RecordError error) -> refused.put(record.origin(), error);
                    case Read.Fine(FeedbackEntry entry) -> {
                        String id = entry.feedback().id();
                        if (writer.knows(id) || !ids.add(id)) {
                            continue;
                        }
                        String key = entry.rater() + " " + ReplayWriter.hour(entry.arrived());
                        long before =
                                said.computeIfAbsent(key, unused -> writer.saidBy(entry.rater(), entry.arrived()));
                        if (before >= mostPerHour) {
                            refused.put(record.origin(), overLimit(entry));
                        } else {
                            said.put(key, before + 1);
                        }
                    }
                }
            }
        });
        return refused;
    }

    /**
     * Which topic of that name the records are of. Where it is another one than the positions are of, all of it is read
     * from its beginning: what was taken before is known by its id.
     *
     * @param identity that no other topic has, whatever its name
     * @param fresh whether the positions are of another topic for certain
     */
    public synchronized void source(String topic, String identity, boolean fresh) {
        replay.record(writer -> writer.source(topic, identity, fresh));
    }

    /** Senders' times count for nothing: who floods would write the ones that suit. */
    private Instant arrived(FeedbackRecord record) {
        return switch (record.clock()) {
            case BROKER -> record.at();
            case SENDER -> {
                if (!warned) {
                    warned = true;
                    LOG.atWarn()
                            .addKeyValue("topic", record.origin().topic())
                            .log(
                                    "the topic keeps its senders' times: feedback counts towards the hour in which it is read,"
                                            + " so that a backlog may be refused as too much for one hour; set"
                                            + " message.timestamp.type=LogAppendTime");
                }
                yield clock.instant();
            }
        };
    }

    private RecordError overLimit(FeedbackEntry entry) {
        String who = entry.rater().equals(FeedbackEntry.NOBODY) ? "feedback without a rater" : entry.rater();
        return RecordError.of(
                ErrorCode.RATER_OVER_LIMIT, "rater", who, "has said " + mostPerHour + " things in this hour already");
    }

    private Read read(FeedbackRecord record) {
        // With the time: a topic that was created again has the old offsets once more.
        String fallback = record.origin().topic() + "-" + record.origin().partition() + "-"
                + record.origin().offset() + "-" + record.at().toEpochMilli();
        return switch (FeedbackCodec.decode(record.value(), fallback)) {
            case DecodedFeedback.Poison(RecordError error) -> refused(record, error);
            case DecodedFeedback.Valid(Feedback feedback) -> join(record, feedback);
        };
    }

    private Read join(FeedbackRecord record, Feedback feedback) {
        ImageLookup image = images.check("image", feedback.image(), feedback.caption());
        if (image instanceof ImageLookup.Refused(RecordError error)) {
            return refused(record, error);
        }
        GeneratedImage picture = ((ImageLookup.Known) image).image();
        GeneratedImage over = null;
        if (feedback.opinion() instanceof Opinion.Preference(var other)) {
            ImageLookup second = images.check("preferredOver", other, feedback.caption());
            if (second instanceof ImageLookup.Refused(RecordError error)) {
                return refused(record, error);
            }
            over = ((ImageLookup.Known) second).image();
            if (!over.caption().equals(picture.caption())) {
                return refused(
                        record,
                        RecordError.of(
                                ErrorCode.CAPTIONS_DIFFER,
                                "preferredOver",
                                other.written(),
                                "was generated for another caption than the image"));
            }
        }
        String example = feedback.example();
        if (example != null) {
            RecordError unreadable = images.unreadable(example).orElse(null);
            if (unreadable != null) {
                return refused(record, unreadable);
            }
        }
        return new Read.Fine(new FeedbackEntry(
                record.origin(),
                feedback,
                picture,
                over,
                Objects.requireNonNullElse(feedback.rater(), FeedbackEntry.NOBODY),
                record.at(),
                arrived(record)));
    }

    private static Read refused(FeedbackRecord record, RecordError error) {
        LOG.atDebug()
                .addKeyValue("record", record.origin())
                .addKeyValue("error", error)
                .log("feedback refused");
        return new Read.Poison(error);
    }
}
