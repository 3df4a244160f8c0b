package dev.limner.training.replay;

import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.Opinion;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What can be written in one transaction; valid inside {@link ReplayBuffer#record} only. */
public final class ReplayWriter {
    /** How many ids of entries that are gone are known for each that is there. */
    private static final int IDS_KEPT = 10;

    private static final long HOUR_MILLIS = 3_600_000;

    private final Handle handle;
    private final int mostEntries;
    private final Instant votesFrom;
    private boolean added;

    /** @param votesFrom what arrived from then on is kept of the votes, however many they are */
    ReplayWriter(Handle handle, int mostEntries, Instant votesFrom) {
        this.handle = handle;
        this.mostEntries = mostEntries;
        this.votesFrom = votesFrom;
    }

    /** Whether feedback of this id was taken before. */
    public boolean knows(String id) {
        return handle.createQuery(
                        "SELECT EXISTS(SELECT 1 FROM entry WHERE id = :id) OR EXISTS(SELECT 1 FROM gone WHERE id = :id)")
                .bind("id", id)
                .mapTo(Boolean.class)
                .one();
    }

    /** How much a rater has said in the hour of {@code arrived}. */
    public long saidBy(String rater, Instant arrived) {
        return handle.createQuery("SELECT entries FROM tally WHERE rater = :rater AND hour = :hour")
                .bind("rater", rater)
                .bind("hour", hour(arrived))
                .mapTo(Long.class)
                .findOne()
                .orElse(0L);
    }

    /** The hour of the clock that limits count in. */
    public static long hour(Instant arrived) {
        return Math.floorDiv(arrived.toEpochMilli(), HOUR_MILLIS);
    }

    /** Adds feedback of an id that is not known, in place of what the rater said of the same before. */
    public void add(FeedbackEntry entry) {
        put(entry.image());
        GeneratedImage over = entry.over();
        if (over != null) {
            put(over);
        }
        String subject = subject(entry);
        handle.createUpdate("INSERT OR IGNORE INTO gone(id) SELECT id FROM entry"
                        + " WHERE rater = :rater AND subject = :subject AND :rater <> ''")
                .bind("rater", entry.rater())
                .bind("subject", subject)
                .execute();
        handle.createUpdate("DELETE FROM entry WHERE rater = :rater AND subject = :subject AND :rater <> ''")
                .bind("rater", entry.rater())
                .bind("subject", subject)
                .execute();
        handle.createUpdate("INSERT INTO entry(id, topic, part, place, body, image, other, rater, at, model,"
                        + " verdict, subject, arrived) VALUES(:id, :topic, :part, :place, :body, :image, :other, :rater,"
                        + " :at, :model, :verdict, :subject, :arrived)")
                .bind("id", entry.feedback().id())
                .bind("topic", entry.origin().topic())
                .bind("part", entry.origin().partition())
                .bind("place", entry.origin().offset())
                .bind("body", FeedbackCodec.encode(entry.feedback()))
                .bind("image", entry.image().sha256())
                .bind("other", over == null ? null : over.sha256())
                .bind("rater", entry.rater())
                .bind("at", entry.at().toEpochMilli())
                .bind("model", entry.image().model())
                .bind("verdict", verdict(entry.feedback().opinion()))
                .bind("subject", subject)
                .bind("arrived", entry.arrived().toEpochMilli())
                .execute();
        vote(entry);
        handle.createUpdate("INSERT INTO tally(rater, hour, entries) VALUES(:rater, :hour, 1)"
                        + " ON CONFLICT(rater, hour) DO UPDATE SET entries = entries + 1")
                .bind("rater", entry.rater())
                .bind("hour", hour(entry.arrived()))
                .execute();
        added = true;
    }

    private void vote(FeedbackEntry entry) {
        Integer verdict = verdict(entry.feedback().opinion());
        if (verdict != null) {
            handle.createUpdate(
                            "INSERT INTO vote(model, rater, arrived, liked) VALUES(:model, :rater, :arrived, :liked)")
                    .bind("model", entry.image().model())
                    .bind("rater", entry.rater())
                    .bind("arrived", entry.arrived().toEpochMilli())
                    .bind("liked", verdict)
                    .execute();
        }
    }

    /** Counts what was not taken. */
    public void refused(String code) {
        handle.createUpdate("INSERT INTO refusal(code, entries) VALUES(:code, 1)"
                        + " ON CONFLICT(code) DO UPDATE SET entries = entries + 1")
                .bind("code", code)
                .execute();
    }

    /** Everything of a partition before {@code next} has been dealt with. */
    public void position(String topic, int partition, long next) {
        handle.createUpdate("INSERT INTO position(topic, part, next) VALUES(:topic, :part, :next)"
                        + " ON CONFLICT(topic, part) DO UPDATE SET next = max(next, :next)")
                .bind("topic", topic)
                .bind("part", partition)
                .bind("next", next)
                .execute();
    }

    /**
     * Says which topic of a name the positions belong to.
     *
     * @param fresh whether to drop the positions known so far: an offset means nothing in a topic that was created again
     */
    public void source(String topic, String identity, boolean fresh) {
        if (fresh) {
            handle.createUpdate("DELETE FROM position WHERE topic = :topic")
                    .bind("topic", topic)
                    .execute();
        }
        handle.createUpdate("INSERT INTO source(topic, identity) VALUES(:topic, :identity)"
                        + " ON CONFLICT(topic) DO UPDATE SET identity = :identity")
                .bind("topic", topic)
                .bind("identity", identity)
                .execute();
    }

    private void put(GeneratedImage image) {
        handle.createUpdate("INSERT OR IGNORE INTO picture(sha256, model, caption, seed, number, features)"
                        + " VALUES(:sha256, :model, :caption, :seed, :number, :features)")
                .bind("sha256", image.sha256())
                .bind("model", image.model())
                .bind("caption", image.caption())
                .bind("seed", image.seed())
                .bind("number", image.index())
                .bind("features", bytes(image.features()))
                .execute();
    }

    /** Forgets what is beyond the bound. */
    void trim() {
        if (!added) {
            return;
        }
        handle.execute("DELETE FROM vote WHERE seq <= (SELECT max(seq) FROM vote) - " + mostEntries + " AND arrived < "
                + votesFrom.toEpochMilli());
        String beyond = "SELECT seq FROM entry ORDER BY seq DESC LIMIT -1 OFFSET " + mostEntries;
        handle.execute("INSERT OR IGNORE INTO gone(id) SELECT id FROM entry WHERE seq IN (" + beyond + ")");
        if (handle.execute("DELETE FROM entry WHERE seq IN (" + beyond + ")") > 0) {
            handle.execute("DELETE FROM picture WHERE sha256 NOT IN (SELECT image FROM entry UNION"
                    + " SELECT other FROM entry WHERE other IS NOT NULL)");
            handle.execute("DELETE FROM gone WHERE seq IN (SELECT seq FROM gone ORDER BY seq DESC LIMIT -1 OFFSET "
                    + (long) IDS_KEPT * mostEntries + ")");
        }
    }

    /** What an opinion is about, so that a newer one of the same rater can take its place. */
    private static String subject(FeedbackEntry entry) {
        Opinion opinion = entry.feedback().opinion();
        if (opinion == null) {
            return "lesson:" + entry.image().sha256();
        }
        return switch (opinion) {
            case Opinion.Verdict verdict -> "mark:" + entry.image().sha256();
            case Opinion.Score score -> "mark:" + entry.image().sha256();
            case Opinion.Preference(var over) -> {
                String one = entry.image().sha256();
                String other = over.sha256();
                yield "pair:" + (one.compareTo(other) < 0 ? one + other : other + one);
            }
        };
    }

    /** 1 for a like, 0 for a dislike; marks out of ten count as one or the other where they are clear. */
    private static @Nullable Integer verdict(@Nullable Opinion opinion) {
        if (opinion == null) {
            return null;
        }
        return switch (opinion) {
            case Opinion.Verdict(boolean liked) -> liked ? 1 : 0;
            case Opinion.Score(int value) -> value >= 7 ? Integer.valueOf(1) : value <= 4 ? 0 : null;
            case Opinion.Preference preference -> null;
        };
    }

    static byte[] bytes(float[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * values.length);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }
}
