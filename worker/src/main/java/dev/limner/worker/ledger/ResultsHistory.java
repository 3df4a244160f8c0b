package dev.limner.worker.ledger;

import dev.limner.kafka.CommittedReader;
import dev.limner.worker.intake.PartitionRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records have a result, read from the results topic: each result names its source. One reading serves all
 * partitions asked about so far; it starts a day before the oldest of their records, for nothing older can answer
 * one, and ends where the topic ended when it began. It needs no group, commits nothing and holds one bit for each offset
 * asked about, less where all are answered. It is repeated until it succeeds, however long the brokers are unavailable:
 * generating again what may be answered is no way out.
 *
 * <p>Methods are safe from any thread; the reading has a thread of its own, which exists only while there is a question.
 */
public final class ResultsHistory implements TakeOvers.Answers {
    private static final Logger LOG = LoggerFactory.getLogger(ResultsHistory.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** Partitions of one assignment come within this time, and then share a reading. */
    private static final Duration GATHER = Duration.ofMillis(100);

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);

    /** Offsets that one reading asks about: 256 MiB of bits. More partitions take another reading. */
    private static final long MOST_OFFSETS = 1L << 31;

    private final String bootstrap;
    private final String topic;
    private final String client;
    private final Runnable news;
    private final Map<PartitionRef, ResultsQuestion> asked = new LinkedHashMap<>();
    private final Queue<ResultsAnswer> answers = new ConcurrentLinkedQueue<>();
    private @Nullable Thread thread;
    private @Nullable CommittedReader reading;
    private boolean closed;

    /**
     * Does nothing yet.
     *
     * @param topic of the results
     * @param client how the brokers' logs name this reader
     * @param news called whenever there is an answer, on the reading thread
     */
    public ResultsHistory(String bootstrap, String topic, String client, Runnable news) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.client = client;
        this.news = news;
    }

    @Override
    public synchronized void ask(ResultsQuestion question) {
        if (closed) {
            return;
        }
        asked.put(question.partition(), question);
        if (thread == null) {
            thread = Thread.ofPlatform().name("limner-results-history").daemon().start(this::run);
        }
    }

    @Override
    public List<ResultsAnswer> take() {
        List<ResultsAnswer> taken = new ArrayList<>();
        for (ResultsAnswer answer = answers.poll(); answer != null; answer = answers.poll()) {
            taken.add(answer);
        }
        return taken;
    }

    @Override
    public synchronized void forget(ResultsQuestion question) {
        asked.remove(question.partition(), question);
    }

    private void run() {
        try {
            Thread.sleep(GATHER);
            for (List<ResultsQuestion> questions = next(); !questions.isEmpty(); questions = next()) {
                if (!answered(questions)) {
                    Thread.sleep(RETRY_AFTER);
                }
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Questions for one reading; the thread ends with the last. */
    private synchronized List<ResultsQuestion> next() {
        List<ResultsQuestion> questions = new ArrayList<>();
        long offsets = 0;
        for (ResultsQuestion question : closed ? List.<ResultsQuestion>of() : asked.values()) {
            offsets += question.end() - question.from();
            if (questions.isEmpty() || offsets <= MOST_OFFSETS) {
                questions.add(question);
            }
        }
        if (questions.isEmpty()) {
            thread = null;
        }
        return questions;
    }

    private boolean answered(List<ResultsQuestion> questions) {
        try (CommittedReader consumer = connect()) {
            synchronized (this) {
                if (closed) {
                    return true;
                }
                reading = consumer;
            }
            List<ResultsAnswer> found = new ResultsReading(consumer, bootstrap, topic, client).read(questions);
            synchronized (this) {
                found.forEach(answer -> asked.remove(answer.question().partition(), answer.question()));
            }
            answers.addAll(found);
            news.run();
            return found.size() == questions.size();
        } catch (WakeupException e) {
            LOG.debug("the results are no longer read");
            return true;
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            // Also what nobody foresaw: without this thread the jobs would wait for ever.
            LOG.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("partitions", questions.size())
                    .addKeyValue("error", e.toString())
                    .log("the results cannot be read yet; their jobs wait");
            return false;
        } finally {
            synchronized (this) {
                reading = null;
            }
        }
    }

    private CommittedReader connect() {
        return CommittedReader.connect(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        client,
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        5_000,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) ANSWER_WITHIN.toMillis()),
                ANSWER_WITHIN);
    }

    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            running = thread;
            if (reading != null) {
                reading.wakeup();
            }
        }
        if (running != null) {
            running.interrupt();
        }
    }
}
