package dev.limner.testkit.chaos.cluster;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.JobMaker.Made;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The steady stream of jobs and their cancellations. What ought to become of a job its record's key says: {@code
 * dev.limner.testkit.chaos.check.JobExpectations}. Safe from any thread.
 */
public final class SteadyLoad implements AutoCloseable {
    private static final double TRICKLE = 20;
    /** Longer than any outage: every worker has read such a cancellation before its job. */
    private static final int LONG_BEFORE_MILLIS = 88_000;

    private final RecordSender sender;
    private final Random random;
    private final JobMaker maker;
    private final int total;
    private final int foreseen;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger early = new AtomicInteger();
    private final AtomicInteger kept = new AtomicInteger();
    private final PriorityQueue<Delayed> later = new PriorityQueue<>(Comparator.comparingLong(Delayed::due));
    private final Thread thread;
    private volatile double perSecond;
    private volatile int share;
    private volatile boolean stopped;
    private volatile Topics.@Nullable Lane held;

    /** Something to be sent at a time of {@link System#nanoTime()}. */
    private record Delayed(long due, Runnable what) {}

    /**
     * Cancels the jobs that no worker may ever generate: start the workers after it.
     *
     * @param sender stays the caller's
     * @param total jobs that are sent at least; a trickle continues until {@link #finish}, so that however slow the machine is
     *     nothing is struck while there is nothing to do
     * @param dense whether many of them are out of the ordinary
     * @param mixed whether workers of an earlier release answer them too
     */
    SteadyLoad(RecordSender sender, int total, boolean dense, boolean mixed, long seed) {
        this.sender = sender;
        this.total = total;
        this.foreseen = total / 20 + 5;
        this.random = new Random(seed);
        this.maker = new JobMaker(random, dense, mixed);
        for (int i = 0; i < foreseen; i++) {
            sender.cancel("early-" + i);
            sender.cancel("kept-" + i);
            sender.withdraw("kept-" + i);
        }
        sender.flush();
        this.thread = Thread.ofPlatform().name("load").daemon().start(this::run);
    }

    /**
     * How many ordinary jobs per second from now on.
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
                for (; due >= 1; due--) {
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
        later.add(new Delayed(System.nanoTime() + millis * 1_000_000L, what));
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
                sender.cancel(job.key());
                later(random.nextBoolean() ? LONG_BEFORE_MILLIS : random.nextInt(2000), () -> send(job));
            }
            case "maybe" -> {
                Made job = maker.make(kind, number);
                send(job);
                later(random.nextInt(2) * random.nextInt(1500), () -> sender.cancel(job.key()));
            }
            default -> send(maker.make(kind, number));
        }
    }

    private void send(Made job) {
        int die = random.nextInt(10);
        // A topic that may be created again holds only what is known by its id, and makes no dead letters.
        boolean anywhere = !job.key().startsWith("bad-") && !job.key().startsWith("noid-");
        Topics.Lane lane = die < 2
                ? Topics.Lane.INTERACTIVE
                : die < 7 || !anywhere || held == Topics.Lane.BULK ? Topics.Lane.STANDARD : Topics.Lane.BULK;
        sender.send(lane == held ? Topics.Lane.STANDARD : lane, null, job);
    }

    /** Sends nothing more to a lane until {@link #release}; never the standard lane. */
    public void hold(Topics.Lane lane) {
        held = lane;
        sender.flush();
    }

    /** Sends to all lanes. */
    public void release() {
        held = null;
    }

    /** Sends what is left at once. */
    public void finish() {
        stop();
        release();
        while (sent.get() < total) {
            next();
        }
        sendDue(Long.MAX_VALUE);
        sender.flush();
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
    }
}
