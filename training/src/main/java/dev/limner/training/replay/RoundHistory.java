package dev.limner.training.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.limner.protocol.text.JsonReasons;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** The fine-tuning rounds, past and present, in the replay buffer's file. One thread writes; reading is safe from any. */
public final class RoundHistory {
    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final Jdbi database;

    RoundHistory(Jdbi database) {
        this.database = database;
    }

    /** Writes a new round down. */
    public RoundRecord start(String trigger, String parent, long upTo, long seed, Instant now) {
        return database.inTransaction(handle -> {
            long id = handle.createQuery("SELECT coalesce(max(id), 0) + 1 FROM round")
                    .mapTo(Long.class)
                    .one();
            RoundRecord round = new RoundRecord(
                    id, RoundRecord.State.RUNNING, trigger, parent, upTo, seed, now, null, null, List.of());
            handle.createUpdate("INSERT INTO round(id, state, body) VALUES(:id, :state, :body)")
                    .bind("id", id)
                    .bind("state", round.state().name())
                    .bind("body", write(round))
                    .execute();
            return round;
        });
    }

    /** Writes down what became of a round. */
    public void save(RoundRecord round) {
        database.useTransaction(
                handle -> handle.createUpdate("UPDATE round SET state = :state, body = :body WHERE id = :id")
                        .bind("id", round.id())
                        .bind("state", round.state().name())
                        .bind("body", write(round))
                        .execute());
    }

    /** The round that was under way when the process ended, if one was. */
    public Optional<RoundRecord> running() {
        return all().stream()
                .filter(round -> round.state() == RoundRecord.State.RUNNING)
                .findFirst();
    }

    /** Number of the last entry that any finished round has learned from; 0 before the first. */
    public long learnedUpTo() {
        return all().stream()
                .filter(round -> round.state() != RoundRecord.State.FAILED)
                .mapToLong(RoundRecord::upTo)
                .max()
                .orElse(0);
    }

    /** How many earlier rounds had a candidate judged that was tuned from the same parent. */
    public int judgedBefore(RoundRecord round) {
        return (int) all().stream()
                .filter(other ->
                        other.id() < round.id() && other.parent().equals(round.parent()) && other.candidate() != null)
                .count();
    }

    /** Every round, the latest first. */
    public List<RoundRecord> all() {
        return database.withHandle(handle -> handle.createQuery("SELECT body FROM round ORDER BY id DESC")
                .mapTo(String.class)
                .map(RoundHistory::read)
                .list());
    }

    private static String write(RoundRecord round) {
        try {
            return JSON.writeValueAsString(round);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a round that Jackson cannot write", e);
        }
    }

    private static RoundRecord read(String body) {
        try {
            return JSON.readValue(body, RoundRecord.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a round cannot be read: " + JsonReasons.of(e), e);
        }
    }
}
