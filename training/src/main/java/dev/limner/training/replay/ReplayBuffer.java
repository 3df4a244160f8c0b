package dev.limner.training.replay;

import dev.limner.protocol.DecodedFeedback;
import dev.limner.protocol.FeedbackCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * What was learned from, in one SQLite file. The offset up to which a partition was read is part of the same transaction
 * as what was read, so that a kill at any point neither loses feedback nor counts it twice.
 *
 * <p>Bounded, but for the votes of a running test: beyond a number of entries the oldest go, whoever said them and whatever
 * became of them; their ids stay known, so that they are not learned from again. Images nobody speaks of any more go with
 * them. Within the bound, what a rater says of an image takes the place of what the same rater said of it before. One
 * thread writes; reading is safe from any.
 */
public final class ReplayBuffer implements AutoCloseable {

    private final Jdbi database;
    private final int mostEntries;
    private volatile Instant votesFrom = Instant.EPOCH;

    private ReplayBuffer(Jdbi database, int mostEntries) {
        this.database = database;
        this.mostEntries = mostEntries;
    }

    /**
     * Opens a database, or makes one.
     *
     * @param mostEntries the oldest beyond this are forgotten
     * @throws IllegalStateException if the file belongs to another version
     */
    public static ReplayBuffer open(Path file, int mostEntries) {
        if (mostEntries < 1) {
            throw new IllegalArgumentException("limner.trainer.replay.most is " + mostEntries + ", must be at least 1");
        }
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of " + file + " cannot be made", e);
        }
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        // A commit that returned survives a loss of power.
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(10_000);
        // A transaction that reads first and writes later is not let wait when somebody else has written in between: it
        // fails. This one waits before it reads.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        Jdbi database = Jdbi.create(source);
        database.useTransaction(handle -> ReplaySchema.prepare(handle, file));
        return new ReplayBuffer(database, mostEntries);
    }

    /** One transaction: all that {@code work} writes is on disk when this returns, or nothing is. */
    public void record(Consumer<ReplayWriter> work) {
        database.useTransaction(handle -> {
            ReplayWriter writer = new ReplayWriter(handle, mostEntries, votesFrom);
            work.accept(writer);
            writer.trim();
        });
    }

    private static float[] floats(byte[] bytes) {
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }

    /** The offset to read a partition from; empty before anything of it was dealt with. */
    public Optional<Long> position(String topic, int partition) {
        return database.withHandle(
                handle -> handle.createQuery("SELECT next FROM position WHERE topic = :topic AND part = :part")
                        .bind("topic", topic)
                        .bind("part", partition)
                        .mapTo(Long.class)
                        .findOne());
    }

    /** Every partition that was read, and up to where. */
    public Map<Integer, Long> positions(String topic) {
        return database.withHandle(handle -> {
            Map<Integer, Long> positions = new HashMap<>();
            handle.createQuery("SELECT part, next FROM position WHERE topic = :topic")
                    .bind("topic", topic)
                    .map((row, context) -> positions.put(row.getInt("part"), row.getLong("next")))
                    .list();
            return positions;
        });
    }

    /** The number of the last entry; 0 before the first. Numbers grow and are never used again. */
    public long last() {
        return database.withHandle(handle -> handle.createQuery("SELECT coalesce(max(seq), 0) FROM entry")
                .mapTo(Long.class)
                .one());
    }

    /** How many entries there are beyond a number. */
    public long countAfter(long seq) {
        return database.withHandle(handle -> handle.createQuery("SELECT count(*) FROM entry WHERE seq > :seq")
                .bind("seq", seq)
                .mapTo(Long.class)
                .one());
    }

    /** What was not taken, by error code. */
    public Map<String, Long> refusals() {
        return database.withHandle(handle -> {
            Map<String, Long> counts = new HashMap<>();
            handle.createQuery("SELECT code, entries FROM refusal")
                    .map((row, context) -> counts.put(row.getString("code"), row.getLong("entries")))
                    .list();
            return counts;
        });
    }

    /** Through which judges the images' features were made; empty if nobody has said so. */
    public Optional<String> judges() {
        return database.withHandle(handle -> handle.createQuery("SELECT identity FROM judges")
                .mapTo(String.class)
                .findOne());
    }

    /**
     * Has the images looked at again if their features are those of other judges, for what a reward learns from must all be
     * seen through the same ones.
     *
     * @param judges identity of those that look
     * @param oldest whether they are of the first version: a buffer that does not say was seen through those
     * @param look the features of an image by its digest; empty if it is no longer there, and nothing is learned from it
     *     then
     * @return how many images were looked at again
     */
    public int seenThrough(String judges, boolean oldest, Function<String, Optional<float[]>> look) {
        Optional<String> before = judges();
        if (before.filter(judges::equals).isPresent()) {
            return 0;
        }
        return database.inTransaction(handle -> {
            List<String> images = before.isEmpty() && oldest
                    ? List.of()
                    : handle.createQuery("SELECT sha256 FROM picture")
                            .mapTo(String.class)
                            .list();
            for (String image : images) {
                handle.createUpdate("UPDATE picture SET features = :features WHERE sha256 = :sha256")
                        .bind("sha256", image)
                        .bind("features", ReplayWriter.bytes(look.apply(image).orElse(new float[0])))
                        .execute();
            }
            handle.execute("DELETE FROM judges");
            handle.execute("INSERT INTO judges(identity) VALUES(?)", judges);
            return images.size();
        });
    }

    /** Which topic of that name the positions belong to; empty if nobody has said so. */
    public Optional<String> source(String topic) {
        return database.withHandle(handle -> handle.createQuery("SELECT identity FROM source WHERE topic = :topic")
                .bind("topic", topic)
                .mapTo(String.class)
                .findOne());
    }

    /**
     * From when on votes are still asked for: the earlier ones are forgotten beyond the bound, these never, else whoever
     * reads them again after a restart would read others. Until this is called all are kept. They are bounded by what raters
     * may say while a test runs.
     */
    public void keepVotesFrom(Instant since) {
        votesFrom = since;
    }

    /**
     * Votes on images of two models, in the order they arrived.
     *
     * @param after number of the last one that is known already; 0 for none
     * @param since what arrived earlier is left out
     */
    public List<RaterVote> votes(String one, String other, long after, Instant since) {
        return database.withHandle(handle -> handle.createQuery("SELECT * FROM vote WHERE seq > :after"
                        + " AND arrived >= :since AND model IN (:one, :other) ORDER BY seq")
                .bind("after", after)
                .bind("since", since.toEpochMilli())
                .bind("one", one)
                .bind("other", other)
                .map((row, context) -> new RaterVote(
                        row.getLong("seq"),
                        row.getString("model"),
                        row.getString("rater"),
                        Instant.ofEpochMilli(row.getLong("arrived")),
                        row.getBoolean("liked")))
                .list());
    }

    /** Entries up to a number, in the order they were said: the same whoever read the topic, and how. */
    public List<FeedbackEntry> upTo(long seq) {
        return database.withHandle(handle -> {
            Map<String, GeneratedImage> images = new HashMap<>();
            List<FeedbackEntry> entries = new ArrayList<>();
            handle.createQuery("SELECT * FROM picture")
                    .map((row, context) -> images.put(row.getString("sha256"), image(row)))
                    .list();
            handle.createQuery("SELECT * FROM entry WHERE seq <= :seq ORDER BY at, topic, part, place")
                    .bind("seq", seq)
                    .map((row, context) -> entries.add(entry(row, images)))
                    .list();
            return entries;
        });
    }

    private static GeneratedImage image(ResultSet row) throws SQLException {
        return new GeneratedImage(
                row.getString("sha256"),
                row.getString("model"),
                row.getString("caption"),
                row.getLong("seed"),
                row.getInt("number"),
                floats(row.getBytes("features")));
    }

    private static FeedbackEntry entry(ResultSet row, Map<String, GeneratedImage> images) throws SQLException {
        if (!(FeedbackCodec.decode(row.getBytes("body"), row.getString("id"))
                instanceof DecodedFeedback.Valid(var feedback))) {
            throw new IllegalStateException("entry " + row.getString("id") + " cannot be read");
        }
        String other = row.getString("other");
        return new FeedbackEntry(
                new RecordPosition(row.getString("topic"), row.getInt("part"), row.getLong("place")),
                feedback,
                known(images, row.getString("image")),
                other == null ? null : known(images, other),
                row.getString("rater"),
                Instant.ofEpochMilli(row.getLong("at")),
                Instant.ofEpochMilli(arrived(row)));
    }

    private static long arrived(ResultSet row) throws SQLException {
        long arrived = row.getLong("arrived");
        return row.wasNull() ? row.getLong("at") : arrived;
    }

    private static GeneratedImage known(Map<String, GeneratedImage> images, String sha256) {
        GeneratedImage image = images.get(sha256);
        if (image == null) {
            throw new IllegalStateException("image " + sha256 + " is not there");
        }
        return image;
    }

    /**
     * Copies all of it as it is now into another file, so that somebody can continue reading the same while this continues.
     *
     * @param file replaced if it is there
     */
    public void copyTo(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new UncheckedIOException("the copy " + file + " cannot be made", e);
        }
        database.useHandle(handle -> handle.createUpdate("VACUUM INTO :file")
                .bind("file", file.toAbsolutePath().toString())
                .execute());
    }

    /** The rounds that learned from it. */
    public RoundHistory rounds() {
        return new RoundHistory(database);
    }

    @Override
    public void close() {
        database.useHandle(handle -> handle.execute("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
}
