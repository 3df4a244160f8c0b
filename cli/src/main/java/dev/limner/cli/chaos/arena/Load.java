package dev.limner.cli.chaos.arena;

import dev.limner.cli.chaos.arena.JobMaker.Made;
import dev.limner.cli.chaos.check.BadJob;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Producers of jobs and cancellations. What ought to become of a job its record's key says: {@code
 * dev.limner.cli.chaos.check.Expectations}. Safe from any thread.
 */
public final class Load implements AutoCloseable {
    /** A job that the drill's device cannot paint. */
    private static final long POISON_SEED = -666_001;
    /** A job that ends the process of the drill's device. */
    private static final long HALT_SEED = -666_002;

    private static final double TRICKLE = 20;
    /** Longer than any outage: every worker has read such a cancellation before its job. */
    private static final int LONG_BEFORE_MILLIS = 88_000;

    private static final int LETTERS = 6;

    private final String bootstrap;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Random random;
    private final JobMaker maker;
    private final int total;
    private final int foreseen;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger specials = new AtomicInteger();
    private final AtomicInteger early = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    private final PriorityQueue<Later> later = new PriorityQueue<>(Comparator.comparingLong(Later::due));
    private final Thread thread;
    private volatile double perSecond;
    private volatile int share;
    private volatile boolean stopped;
    private volatile Topics.@Nullable Lane held;

    /** Something to be sent at a time of {@link System#nanoTime()}. */
    private record Later(long due, Runnable what) {}

    /**
     * Cancels the jobs that no worker may ever draw: start the workers after it.
     *
     * @param total jobs that {@link #pace} sends
     * @param dense whether many of them are out of the ordinary
     */
    Load(String bootstrap, Topics topics, int total, boolean dense, long seed) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.total = total;
        this.foreseen = total / 20 + 5;
        this.random = new Random(seed);
        this.maker = new JobMaker(random, dense);
        this.producer = producer(bootstrap, Map.of());
        for (int i = 0; i < foreseen; i++) {
            cancel("early-" + i);
            cancel("kept-" + i);
            withdraw("kept-" + i);
        }
        producer.flush();
        this.thread = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.LINGER_MS_CONFIG, 0,
                // New partitions are to be found while they are new.
                ProducerConfig.METADATA_MAX_AGE_CONFIG, 1000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000,
                // Longer than any outage.
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 300_000));
        config.putAll(more);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * How many ordinary jobs a second from now on.
     *
     * @param upTo jobs in all, beyond which only a trickle follows
     */
    public void pace(double jobsPerSecond, int upTo) {
        share = upTo;
        perSecond = jobsPerSecond;
    }

    public int sent() {
        return sent.get();
    }

    public int total() {
        return total;
    }

    private void run() {
        double due = 0;
        long last = System.nanoTime();
        try {
            while (!stopped) {
                Thread.sleep(5);
                long now = System.nanoTime();
                double rate = sent.get() < share ? perSecond : Math.min(perSecond, TRICKLE);
                due = Math.min(due + rate * (now - last) / 1e9, 200);
                last = now;
                for (; due >= 1 && sent.get() < total; due--) {
                    next();
                }
                sendDue(now);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendDue(long now) {
        while (!later.isEmpty() && later.peek().due <= now) {
            later.remove().what.run();
        }
    }

    private void later(int millis, Runnable what) {
        later.add(new Later(System.nanoTime() + millis * 1_000_000L, what));
    }

    private void next() {
        int number = sent.getAndIncrement();
        String kind = maker.kind();
        switch (kind) {
            case "early", "kept" -> {
                int foretold = (kind.equals("early") ? early : kept).getAndIncrement();
                send(maker.make(foretold < foreseen ? kind : "job", foretold < foreseen ? foretold : number));
            }
            case "gone" -> {
                Made job = maker.make(kind, number);
                cancel(job.key());
                later(random.nextBoolean() ? LONG_BEFORE_MILLIS : random.nextInt(2000), () -> send(job));
            }
            case "maybe" -> {
                Made job = maker.make(kind, number);
                send(job);
                later(random.nextInt(2) * random.nextInt(1500), () -> cancel(job.key()));
            }
            default -> send(maker.make(kind, number));
        }
    }

    private void cancel(String id) {
        String value = "{\"at\":\"" + Instant.now() + "\",\"reason\":\"chaos\"}";
        var unused = producer.send(new ProducerRecord<>(
                topics.cancellations(), utf8(id), value.getBytes(StandardCharsets.UTF_8)));
    }

    private void withdraw(String id) {
        var unused = producer.send(new ProducerRecord<>(topics.cancellations(), utf8(id), null));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void send(Made job) {
        int die = random.nextInt(10);
        // A topic that may be made again holds only what is known by its id, and makes no dead letters.
        boolean anywhere = !job.key().startsWith("bad-") && !job.key().startsWith("noid-");
        Topics.Lane lane = die < 2
                ? Topics.Lane.INTERACTIVE
                : die < 7 || !anywhere || held == Topics.Lane.BULK ? Topics.Lane.STANDARD : Topics.Lane.BULK;
        send(lane == held ? Topics.Lane.STANDARD : lane, null, job);
    }

    private void send(Topics.Lane lane, @Nullable Integer partition, Made job) {
        var unused = producer.send(
                new ProducerRecord<>(topics.jobs(lane), partition, utf8(job.key()), job.value(), job.headers()));
    }

    /** Sends nothing more to a lane until {@link #release}; never the standard lane. */
    public void hold(Topics.Lane lane) {
        held = lane;
        producer.flush();
    }

    /** Sends to all lanes. */
    public void release() {
        held = null;
    }

    /** A burst of neighbours in one partition with one job in their middle that cannot be drawn; its id. */
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
                send(Topics.Lane.STANDARD, partition, JobMaker.seeded(id, seed));
            }
            send(Topics.Lane.STANDARD, partition, JobMaker.plain("job-near-" + id + "-" + i, 1000 * number + i));
        }
        producer.flush();
        return id;
    }

    /** Plain jobs to one partition, or, without one, to all. */
    public void plain(Topics.Lane lane, @Nullable Integer partition, int count) {
        int number = specials.incrementAndGet();
        for (int i = 0; i < count; i++) {
            send(lane, partition, JobMaker.plain("job-plain-" + number + "-" + i, 100_000 + 1000 * number + i));
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
            send(lane, partition, JobMaker.plain("job-stripe-" + number + "-" + i, 200_000 + 1000 * number + i));
            for (int j = 0; j < done; j++) {
                send(lane, partition, JobMaker.small("late-stripe-" + number + "-" + i + "-" + j, past));
            }
        }
        producer.flush();
    }

    /** Records that can never be drawn and are too large for a dead letter. */
    public void oversized() {
        for (int i = 0; i < LETTERS; i++) {
            send(Topics.Lane.STANDARD, i % 4, maker.bad(BadJob.HUGE, 10_000_000 + specials.incrementAndGet()));
        }
        producer.flush();
    }

    /** Small records that can never be drawn. */
    public void bad(int count) {
        for (int i = 0; i < count; i++) {
            send(Topics.Lane.STANDARD, i % 4, maker.bad(BadJob.BLANK, 10_000_000 + specials.incrementAndGet()));
        }
        producer.flush();
    }

    /** Cancels a job that never comes. */
    public void cancelNobody() {
        cancel("nobody-" + specials.incrementAndGet());
        producer.flush();
    }

    /** Every job twice, and others twice with other content; how many records. */
    public int repeats(int count) {
        for (int i = 0; i < count; i++) {
            int number = specials.incrementAndGet();
            Made job = JobMaker.plain("repeat-" + number, number);
            Made conflict = JobMaker.plain("conflict-" + number, number);
            send(Topics.Lane.STANDARD, number % 4, job);
            send(Topics.Lane.STANDARD, number % 4, job);
            send(Topics.Lane.STANDARD, number % 4, conflict);
            send(Topics.Lane.STANDARD, number % 4, JobMaker.plain("conflict-" + number, number + 1));
        }
        producer.flush();
        return 4 * count;
    }

    /** Transactions of a producer that aborts them, between those of ordinary jobs. */
    public void aborted(int transactions) {
        int number = specials.incrementAndGet();
        try (KafkaProducer<byte[], byte[]> aborting =
                producer(bootstrap, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "aborting-" + number))) {
            aborting.initTransactions();
            for (int i = 0; i < transactions; i++) {
                aborting.beginTransaction();
                List<Future<RecordMetadata>> acknowledged = new ArrayList<>();
                for (int j = 0; j < 5; j++) {
                    Made job = JobMaker.plain("aborted-" + number + "-" + i + "-" + j, j);
                    acknowledged.add(aborting.send(new ProducerRecord<>(
                            topics.jobs(Topics.Lane.STANDARD), j % 4, utf8(job.key()), job.value())));
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

    /** Sends what is left at once. */
    public void finish() {
        stop();
        release();
        while (sent.get() < total) {
            next();
        }
        sendDue(Long.MAX_VALUE);
        producer.flush();
    }

    private void stop() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop();
        producer.close(Duration.ofSeconds(5));
    }
}
