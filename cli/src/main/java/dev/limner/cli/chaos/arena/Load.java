package dev.limner.cli.chaos.arena;

import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
 * Producers of jobs. An id's beginning says what ought to become of it: {@code job-} is drawn, {@code late-} expires,
 * {@code bad-} is rejected, {@code poison-} fails on the device, {@code halt-} kills its worker, {@code repeat-} comes
 * twice, {@code conflict-} comes twice with other content, {@code aborted-} is never to be seen. Safe from any thread.
 */
public final class Load implements AutoCloseable {
    /** A job that the drill's device cannot paint. */
    private static final long POISON_SEED = -666_001;
    /** A job that ends the process of the drill's device. */
    private static final long HALT_SEED = -666_002;

    private static final double TRICKLE = 20;
    private static final List<String> THINGS = List.of(
            "red apple", "blue fish", "green tree", "yellow sun", "cat face", "house", "train", "umbrella", "rocket");

    private final String bootstrap;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Random random;
    private final int total;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger specials = new AtomicInteger();
    private final Thread thread;
    private volatile double perSecond;
    private volatile int share;
    private volatile boolean stopped;

    /** @param total jobs that {@link #pace} sends */
    Load(String bootstrap, Topics topics, int total, long seed) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.total = total;
        this.random = new Random(seed);
        this.producer = producer(bootstrap, Map.of());
        this.thread = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.LINGER_MS_CONFIG, 0,
                // New partitions are to be found while they are new.
                ProducerConfig.METADATA_MAX_AGE_CONFIG, 1000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000));
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
                    ordinary();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void ordinary() {
        int number = sent.getAndIncrement();
        int kind = random.nextInt(200);
        if (kind == 0) {
            send("bad-" + number, "{\"id\":\"bad-" + number + "\",\"caption\":\"\"}");
        } else if (kind == 1) {
            String past = Instant.now().minusSeconds(60).toString();
            send("late-" + number, job("late-" + number, number, 1, ",\"deadline\":\"" + past + "\""));
        } else if (kind < 12) {
            String future = Instant.now().plus(Duration.ofDays(1)).toString();
            send("job-" + number, job("job-" + number, number, 1, ",\"deadline\":\"" + future + "\""));
        } else {
            send("job-" + number, job("job-" + number, number, kind < 24 ? 3 : 1, ""));
        }
    }

    private static String job(String id, int number, int count, String more) {
        String caption = THINGS.get(number % THINGS.size()) + ", take " + number;
        return "{\"id\":\"" + id + "\",\"caption\":\"" + caption + "\",\"seed\":" + (number * 0x9E3779B97F4A7C15L)
                + ",\"count\":" + count + more + "}";
    }

    private void send(String key, String value) {
        int die = random.nextInt(10);
        Topics.Lane lane = die < 2 ? Topics.Lane.INTERACTIVE : die < 7 ? Topics.Lane.STANDARD : Topics.Lane.BULK;
        var unused = producer.send(record(lane, null, key, value));
    }

    private ProducerRecord<byte[], byte[]> record(
            Topics.Lane lane, @Nullable Integer partition, String key, String value) {
        return new ProducerRecord<>(
                topics.jobs(lane),
                partition,
                key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8));
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
            String neighbour = "job-near-" + id + "-" + i;
            if (i == 10) {
                String value = "{\"id\":\"" + id + "\",\"caption\":\"trouble\",\"seed\":" + seed + "}";
                var unused = producer.send(record(Topics.Lane.STANDARD, partition, id, value));
            }
            var unused = producer.send(
                    record(Topics.Lane.STANDARD, partition, neighbour, job(neighbour, 1000 * number + i, 1, "")));
        }
        producer.flush();
        return id;
    }

    /** Every job twice, and others twice with other content; how many records. */
    public int repeats(int count) {
        for (int i = 0; i < count; i++) {
            int number = specials.incrementAndGet();
            String id = "repeat-" + number;
            String value = job(id, number, 1, "");
            twice(Topics.Lane.STANDARD, number % 4, id, value, value);
            String other = "conflict-" + number;
            twice(Topics.Lane.BULK, number % 4, other, job(other, number, 1, ""), job(other, number + 1, 1, ""));
        }
        producer.flush();
        return 4 * count;
    }

    private void twice(Topics.Lane lane, int partition, String id, String value, String again) {
        for (String one : List.of(value, again)) {
            var unused = producer.send(record(lane, partition, id, one));
        }
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
                    String id = "aborted-" + number + "-" + i + "-" + j;
                    acknowledged.add(aborting.send(record(Topics.Lane.STANDARD, j % 4, id, job(id, j, 1, ""))));
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
        while (sent.get() < total) {
            ordinary();
        }
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
