package dev.limner.worker.admit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.DeadLetter;
import dev.limner.protocol.Decoded;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.JobCodec;
import dev.limner.store.ObjectStore;
import dev.limner.store.OutageBreaker;
import dev.limner.store.PermanentException;
import dev.limner.store.RetryableException;
import dev.limner.store.RetryingStore;
import dev.limner.worker.intake.OriginalRecord;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordDelivery;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.FinishedRecord;
import dev.limner.worker.job.OutcomePublications;
import dev.limner.worker.job.Publication;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LargeOriginalsTest {
    private static final int SIZE = 300 << 10;

    private final BlockingQueue<FinishedRecord> answered = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> fatal = new LinkedBlockingQueue<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private long offset;

    /** A store of which only putting matters. */
    private record Putting(Supplier<String> put) implements ObjectStore {
        @Override
        public URI uri(StoreObject object) {
            return URI.create("memory:" + object.sha256());
        }

        @Override
        public List<String> put(List<StoreObject> objects) {
            return List.of(put.get());
        }
    }

    @Test
    void shouldKeepOnlyTheBeginningOnceAnOriginalIsStored() throws InterruptedException {
        Publication answer = answerOf(() -> "memory:stored");

        assertThat(letter(answer).objectUri()).isEqualTo("memory:stored");
        assertThat(letter(answer).reason()).startsWith("too-large: ").doesNotContain("stored");
        assertThat(answer.original().value()).hasSize(DeadLetter.BEGINNING);
        assertThat(answer.original().sentBytes()).isEqualTo(SIZE);
    }

    @Test
    void shouldSayThatTheOriginalIsLostWhereTheStoreRefusesIt() throws InterruptedException {
        Publication answer = answerOf(() -> {
            throw new PermanentException(ErrorCode.STORE_REJECTED, "the store takes no such name", new Exception());
        });

        assertThat(letter(answer).objectUri()).isNull();
        assertThat(letter(answer).reason())
                .startsWith("too-large: ")
                .endsWith("; the original could not be stored: the store takes no such name");
        assertThat(answer.original().value()).hasSize(DeadLetter.BEGINNING);
    }

    @Test
    void shouldAnswerWhateverElseGoesWrong() throws InterruptedException {
        Publication answer = answerOf(() -> {
            throw new IllegalStateException("nobody foresaw this");
        });

        assertThat(letter(answer).reason()).endsWith("could not be stored: nobody foresaw this");
    }

    @Test
    void shouldWaitForAStoreThatIsUnavailableAndServeTheNextAfterIt() throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        try (LargeOriginals originals = over(() -> {
            if (tries.incrementAndGet() < 3) {
                throw new RetryableException("no space", new Exception());
            }
            return "memory:stored";
        })) {
            store(originals);
            store(originals);

            assertThat(letter(next()).objectUri()).isEqualTo("memory:stored");
            assertThat(letter(next()).objectUri()).isEqualTo("memory:stored");
            assertThat(tries).hasValue(4);
        }
    }

    @Test
    void shouldLeaveARecordUnansweredWhenTheWorkerStopsDuringAnOutage() throws InterruptedException {
        AtomicBoolean full = new AtomicBoolean(true);
        try (LargeOriginals originals = over(() -> {
            if (full.getAndSet(false)) {
                stopping.set(true);
                throw new RetryableException("no space", new Exception());
            }
            return "memory:second";
        })) {
            store(originals);
            store(originals);

            assertThat(letter(next()).objectUri()).isEqualTo("memory:second");
            assertThat(answered).isEmpty();
        }
    }

    @Test
    void shouldEndTheWorkerOnAnError() throws InterruptedException {
        AssertionError error = new AssertionError("broken");
        try (LargeOriginals originals = over(() -> {
            throw error;
        })) {
            store(originals);

            assertThat(fatal.poll(20, TimeUnit.SECONDS)).isSameAs(error);
            assertThat(answered).isEmpty();
        }
    }

    private Publication answerOf(Supplier<String> put) throws InterruptedException {
        try (LargeOriginals originals = over(put)) {
            store(originals);
            return next();
        }
    }

    private LargeOriginals over(Supplier<String> put) {
        ObjectStore store = new RetryingStore(new Putting(put), new OutageBreaker("store", null, stopping::get));
        return new LargeOriginals(
                new OutcomePublications("w", "profile", Clock.systemUTC()), store, answered::add, fatal::add);
    }

    private Publication next() throws InterruptedException {
        FinishedRecord finished = Objects.requireNonNull(answered.poll(20, TimeUnit.SECONDS), "no answer");
        return Objects.requireNonNull(finished.publication());
    }

    private static Publication.DeadLetter letter(Publication answer) {
        return Objects.requireNonNull(answer.deadLetter());
    }

    private void store(LargeOriginals originals) {
        byte[] value = new byte[SIZE];
        RecordRef ref = new RecordRef(new PartitionRef("bulk", 0), offset++, 1);
        Decoded decoded = JobCodec.decode(value, ref.fallbackId());
        originals.store(
                new RecordDelivery(ref, new OriginalRecord(null, value, List.of(), 0), decoded, 0),
                (Decoded.Poison) decoded,
                value);
    }
}
