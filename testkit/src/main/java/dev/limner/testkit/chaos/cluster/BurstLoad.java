package dev.limner.testkit.chaos.cluster;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.check.BadJob;
import dev.limner.testkit.chaos.cluster.JobMaker.Made;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** The jobs that faults need, beside the steady load. Safe from any thread. */
public final class BurstLoad {
    /** A job that the faulty device cannot generate. */
    private static final long POISON_SEED = -666_001;
    /** A job that ends the process of the faulty device. */
    private static final long HALT_SEED = -666_002;

    private static final int LETTERS = 6;

    private final RecordSender sender;
    private final JobMaker maker = new JobMaker(new Random(0), false, false);
    private final AtomicInteger specials = new AtomicInteger();

    /** @param sender stays the caller's */
    BurstLoad(RecordSender sender) {
        this.sender = sender;
    }

    /** A burst of neighbours in one partition with one job in their middle that cannot be generated; its id. */
    public String poisoned() {
        return among("poison-", POISON_SEED);
    }

    /** The same with one that kills its worker; its id. */
    public String halting() {
        return among("halt-", HALT_SEED);
    }

    private String among(String prefix, long seed) {
        int number = specials.incrementAndGet();
        String id = prefix + number;
        int partition = number % 4;
        for (int i = 0; i < 20; i++) {
            if (i == 10) {
                sender.send(Topics.Lane.STANDARD, partition, JobMaker.seeded(id, seed));
            }
            sender.send(Topics.Lane.STANDARD, partition, JobMaker.plain("job-near-" + id + "-" + i, 1000 * number + i));
        }
        sender.flush();
        return id;
    }

    /** Returns when everything sent so far is acknowledged; not while a partition has no leader. */
    public void flush() {
        sender.flush();
    }

    /** Plain jobs to one partition, or, without one, to all. */
    public void plain(Topics.Lane lane, @Nullable Integer partition, int count) {
        int number = specials.incrementAndGet();
        for (int i = 0; i < count; i++) {
            sender.send(lane, partition, JobMaker.plain("job-plain-" + number + "-" + i, 100_000 + 1000 * number + i));
        }
    }

    /**
     * To one partition jobs that wait for the device, each followed by some that are answered at once.
     *
     * @param open how many wait
     * @param done how many follow each
     */
    public void striped(Topics.Lane lane, int partition, int open, int done) {
        int number = specials.incrementAndGet();
        Instant past = Instant.now().minusSeconds(60);
        for (int i = 0; i < open; i++) {
            sender.send(lane, partition, JobMaker.plain("job-stripe-" + number + "-" + i, 200_000 + 1000 * number + i));
            for (int j = 0; j < done; j++) {
                sender.send(lane, partition, JobMaker.small("late-stripe-" + number + "-" + i + "-" + j, past));
            }
        }
        sender.flush();
    }

    /** Records that can never be generated and are too large for a dead letter. */
    public void oversized() {
        for (int i = 0; i < LETTERS; i++) {
            sender.send(Topics.Lane.STANDARD, i % 4, maker.bad(BadJob.HUGE, 10_000_000 + specials.incrementAndGet()));
        }
        sender.flush();
    }

    /** Small records that can never be generated. */
    public void bad(int count) {
        for (int i = 0; i < count; i++) {
            sender.send(Topics.Lane.STANDARD, i % 4, maker.bad(BadJob.BLANK, 10_000_000 + specials.incrementAndGet()));
        }
        sender.flush();
    }

    /** Cancels a job that never comes. */
    public void cancelNobody() {
        sender.cancel("nobody-" + specials.incrementAndGet());
        sender.flush();
    }

    /** Every job twice, and others twice with other content; how many records. */
    public int repeats(int count) {
        for (int i = 0; i < count; i++) {
            int number = specials.incrementAndGet();
            Made job = JobMaker.plain("repeat-" + number, number);
            Made conflict = JobMaker.plain("conflict-" + number, number);
            sender.send(Topics.Lane.STANDARD, number % 4, job);
            sender.send(Topics.Lane.STANDARD, number % 4, job);
            sender.send(Topics.Lane.STANDARD, number % 4, conflict);
            sender.send(Topics.Lane.STANDARD, number % 4, JobMaker.plain("conflict-" + number, number + 1));
        }
        sender.flush();
        return 4 * count;
    }

    /** Transactions of a producer that aborts them, between those of ordinary jobs. */
    public void aborted(int transactions) {
        int number = specials.incrementAndGet();
        try (KafkaProducer<byte[], byte[]> aborting = sender.transactional("aborting-" + number)) {
            aborting.initTransactions();
            for (int i = 0; i < transactions; i++) {
                aborting.beginTransaction();
                List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
                for (int j = 0; j < 5; j++) {
                    Made job = JobMaker.plain("aborted-" + number + "-" + i + "-" + j, j);
                    acknowledged.add(aborting.send(sender.record(Topics.Lane.STANDARD, j % 4, job)));
                }
                for (Future<RecordMetadata> one : acknowledged) {
                    one.get();
                }
                aborting.abortTransaction();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a job to be aborted was not taken", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
