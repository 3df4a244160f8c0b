package dev.limner.worker.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.worker.intake.PartitionAssignment;
import dev.limner.worker.intake.PartitionRef;
import dev.limner.worker.intake.RecordRef;
import dev.limner.worker.job.Publication;
import dev.limner.worker.ledger.PendingTransaction.Commit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ledgers against a simple model of a broker: a log with gaps, committed offsets with metadata, and two workers that own
 * the partitions in turn. Everything happens in an order generated from a seed: completions, commits that succeed, fail or
 * time out (and land or do not), revokes, losses, crashes, restarts, with and without ledgers. At the end every record
 * has been published exactly once.
 */
class LedgerModelTest {
    private static final int RECORDS = 120;
    private static final int PARTITIONS = 3;
    private static final int STEPS = 1500;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
    void shouldPublishEveryRecordOnceWhateverHappens(int group) {
        for (int i = 0; i < 60; i++) {
            long seed = group * 1000L + i;
            try {
                new Model(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private static final class Model {
        private final Random random;
        private final Map<PartitionRef, Broker> brokers = new HashMap<>();
        private final List<Worker> workers = new ArrayList<>();
        private long assignments;

        Model(long seed) {
            random = new Random(seed);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                brokers.put(new PartitionRef("jobs", partition), new Broker(random));
            }
            for (int worker = 0; worker < 2; worker++) {
                workers.add(new Worker(settings()));
            }
        }

        /** Small caps, so that they are met; some workers write no ledgers. */
        private LedgerSettings settings() {
            int soft = random.nextInt(30, 60);
            return new LedgerSettings(List.of(0, 1, 1, 2).get(random.nextInt(4)), soft, soft + random.nextInt(1, 41));
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                Worker worker = workers.get(random.nextInt(workers.size()));
                switch (random.nextInt(14)) {
                    case 0 -> worker.assign();
                    case 1 -> worker.revoke();
                    case 2 -> worker.lose(random.nextBoolean());
                    case 3 -> worker.crash();
                    case 4, 5, 6 -> worker.deliver();
                    case 7, 8, 9, 10 -> worker.finish();
                    case 11 -> worker.commit(Fate.FAILS);
                    case 12 -> worker.commit(random.nextBoolean() ? Fate.LANDS_LATE : Fate.NEVER_LANDS);
                    default -> worker.commit(Fate.SUCCEEDS);
                }
            }
            finishEverything();
            brokers.values().forEach(Broker::check);
        }

        /** Both workers go, the first comes back with all partitions and is left in peace. */
        private void finishEverything() {
            workers.forEach(worker -> worker.lose(true));
            Worker last = new Worker(settings());
            workers.clear();
            workers.add(last);
            for (int round = 0; round < RECORDS * PARTITIONS + 10; round++) {
                last.assign();
                last.deliver();
                last.finish();
                last.commit(Fate.SUCCEEDS);
            }
        }

        private enum Fate {
            SUCCEEDS,
            FAILS,
            LANDS_LATE,
            NEVER_LANDS
        }

        private final class Worker {
            private final LedgerSettings settings;
            private OwnedLedgers ledgers;
            private final Map<PartitionRef, Long> owned = new HashMap<>();
            private final Map<PartitionRef, Integer> next = new HashMap<>();
            private final List<RecordRef> open = new ArrayList<>();

            Worker(LedgerSettings settings) {
                this.settings = settings;
                this.ledgers = new OwnedLedgers(settings);
            }

            void assign() {
                brokers.forEach((partition, broker) -> {
                    boolean free = workers.stream().noneMatch(worker -> worker.owned.containsKey(partition));
                    if (free && random.nextBoolean()) {
                        Commit commit = broker.committed;
                        owned.put(partition, ++assignments);
                        next.put(partition, broker.indexOf(commit.offset()));
                        ledgers.restore(TestTakeOvers.known(new PartitionAssignment(
                                partition,
                                assignments,
                                commit.offset(),
                                commit.metadata(),
                                0,
                                broker.end(),
                                broker.topic,
                                false,
                                false)));
                    }
                });
            }

            void deliver() {
                Set<PartitionRef> closed = ledgers.closed();
                owned.forEach((partition, number) -> {
                    Broker broker = broker(partition);
                    for (int i = random.nextInt(6); i > 0 && !closed.contains(partition); i--) {
                        int index = next.getOrDefault(partition, 0);
                        if (index >= broker.log.size()) {
                            return;
                        }
                        next.put(partition, index + 1);
                        RecordRef ref = new RecordRef(partition, broker.log.get(index), number);
                        switch (ledgers.delivered(ref)) {
                            case FRESH, SUSPECT -> open.add(ref);
                            case CONDEMNED -> complete(ref);
                            case DONE -> assertThat(broker.published).contains(ref.offset());
                        }
                    }
                });
            }

            void finish() {
                for (int i = random.nextInt(8); i > 0 && !open.isEmpty(); i--) {
                    RecordRef ref = open.remove(random.nextInt(open.size()));
                    if (random.nextInt(10) == 0 && settings.version() > 0) {
                        ledgers.started(ref);
                    }
                    complete(ref);
                }
            }

            private void complete(RecordRef ref) {
                boolean mine = ledgers.finished(ref, Publications.of(ref.origin()));
                assertThat(mine).isEqualTo(Objects.equals(owned.get(ref.partition()), ref.ownership()));
            }

            void commit(Fate fate) {
                PendingTransaction ready = ledgers.ready(random.nextInt(4) == 0 ? 3 : 1000, this::position);
                if (ready.isEmpty()) {
                    return;
                }
                ready.commits().forEach((partition, commit) -> {
                    // One that was longer when it was found may stay so, and a new owner adds counters.
                    int found = broker(partition).committed.metadata().length();
                    assertThat(commit.metadata().length())
                            .isLessThanOrEqualTo(Math.max(found, settings.hardCap()) + 32);
                });
                switch (fate) {
                    case SUCCEEDS -> {
                        land(ready);
                        ledgers.committed(ready);
                    }
                    case FAILS -> {}
                    case LANDS_LATE, NEVER_LANDS -> {
                        if (fate == Fate.LANDS_LATE) {
                            land(ready);
                        }
                        // As the publisher finds out: what is committed is as it was sent.
                        boolean landed = ready.commits().entrySet().stream()
                                .anyMatch(
                                        sent -> broker(sent.getKey()).committed.equals(sent.getValue()));
                        assertThat(landed).isEqualTo(fate == Fate.LANDS_LATE);
                        if (landed) {
                            ledgers.committed(ready);
                        }
                    }
                }
            }

            private long position(PartitionRef partition) {
                Broker broker = broker(partition);
                int index = next.getOrDefault(partition, 0);
                return index < broker.log.size() ? broker.log.get(index) : broker.end();
            }

            private void land(PendingTransaction ready) {
                ready.commits().forEach((partition, commit) -> broker(partition).commit(commit));
                for (Publication publication : ready.publications()) {
                    String origin = publication.result().jobId();
                    int at = origin.lastIndexOf('@');
                    PartitionRef partition =
                            new PartitionRef("jobs", Integer.parseInt(origin.substring("jobs-".length(), at)));
                    broker(partition).publish(Long.parseLong(origin.substring(at + 1)));
                    assertThat(ready.commits()).containsKey(partition);
                }
            }

            void revoke() {
                PartitionRef going = some();
                if (going != null) {
                    ledgers.letGo(Set.of(going));
                    commit(random.nextInt(3) == 0 ? Fate.FAILS : Fate.SUCCEEDS);
                    forget(Set.of(going));
                }
            }

            void lose(boolean all) {
                PartitionRef going = some();
                if (going != null) {
                    forget(all ? new HashSet<>(owned.keySet()) : Set.of(going));
                }
            }

            private @Nullable PartitionRef some() {
                return owned.isEmpty() ? null : List.copyOf(owned.keySet()).get(random.nextInt(owned.size()));
            }

            private void forget(Set<PartitionRef> going) {
                ledgers.release(going);
                owned.keySet().removeAll(going);
                next.keySet().removeAll(going);
            }

            void crash() {
                ledgers = new OwnedLedgers(settings);
                owned.clear();
                next.clear();
                open.clear();
            }
        }

        private Broker broker(PartitionRef partition) {
            return Objects.requireNonNull(brokers.get(partition));
        }
    }

    /** A partition as its broker and its group coordinator see it. */
    private static final class Broker {
        private final List<Long> log = new ArrayList<>();
        private final Set<Long> published = new HashSet<>();
        private final Uuid topic;
        private Commit committed = new Commit(0, "");

        Broker(Random random) {
            topic = new Uuid(random.nextLong(), random.nextLong());
            long offset = 0;
            for (int i = 0; i < RECORDS; i++) {
                // Transaction markers lie between some records.
                offset += random.nextInt(5) == 0 ? 2 : 1;
                log.add(offset);
            }
        }

        long end() {
            return log.getLast() + 2;
        }

        int indexOf(long offset) {
            return (int) log.stream().filter(record -> record < offset).count();
        }

        void commit(Commit commit) {
            NavigableSet<Long> before = done(committed);
            NavigableSet<Long> after = done(commit);
            assertThat(commit.offset()).isGreaterThanOrEqualTo(committed.offset());
            assertThat(after).containsAll(before);
            committed = commit;
        }

        private NavigableSet<Long> done(Commit commit) {
            LedgerState state;
            try {
                state = LedgerCodec.decode(commit.metadata());
            } catch (UnreadableLedger e) {
                throw new AssertionError(e);
            }
            NavigableSet<Long> done = new TreeSet<>();
            for (long record : log) {
                if (record < commit.offset() || state.done().get((int) (record - commit.offset()))) {
                    done.add(record);
                }
            }
            return done;
        }

        void publish(long offset) {
            assertThat(published.add(offset))
                    .as("a second result for %s", offset)
                    .isTrue();
        }

        void check() {
            assertThat(published).hasSize(RECORDS);
            assertThat(done(committed)).hasSize(RECORDS);
        }
    }
}
