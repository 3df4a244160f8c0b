package dev.limner.testkit.rating;

import dev.limner.client.FleetClient;
import dev.limner.generator.image.Pixels;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.ImageFormat;
import dev.limner.protocol.ImageName;
import dev.limner.protocol.Job;
import dev.limner.protocol.ModelRef;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import dev.limner.training.data.ImageDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Jobs to the fleet, images from the store, opinions to the feedback topic. One thread. */
public final class RatedJobs implements AutoCloseable {
    private static final int JOBS = 40;
    private static final int SIDE = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final FleetClient client;
    private final List<String> captions;
    private final SplittableRandom random;
    private final FleetClient.Reader results;
    private final KafkaProducer<byte[], byte[]> producer;
    private long jobs;

    public RatedJobs(FleetClient client, List<String> captions, long seed) {
        this.client = client;
        this.captions = captions;
        this.random = new SplittableRandom(seed);
        this.results = client.results(false);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", client.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** An image the fleet published. */
    public record Published(ImageName name, Pixels pixels) {}

    /** Images of many captions, unrated. */
    public List<Pixels> firstImages() {
        List<Pixels> images = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            generate().forEach(published -> images.add(published.pixels()));
        }
        return images;
    }

    /**
     * Has some captions generated and rates the images.
     *
     * @return how many feedback records that made
     */
    public int round(SimulatedRater rater) {
        List<Feedback> opinions = new ArrayList<>();
        generate().forEach(published -> opinions.addAll(rater.of(published.name(), published.pixels())));
        send(opinions);
        return opinions.size();
    }

    /** Says something about images; returns when the broker has it. */
    public void send(List<Feedback> feedback) {
        for (Feedback one : feedback) {
            byte[] key = one.image().sha256().getBytes(StandardCharsets.US_ASCII);
            var unused =
                    producer.send(new ProducerRecord<>(client.topics().feedback(), key, FeedbackCodec.encode(one)));
        }
        producer.flush();
    }

    /** Has some captions generated. */
    public List<Published> generate() {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            some.add(captions.get(random.nextInt(captions.size())));
        }
        return generate(some);
    }

    /** Has these captions generated; the images come in the order in which they were finished. */
    public List<Published> generate(List<String> some) {
        List<Job> asked = new ArrayList<>();
        for (String caption : some) {
            asked.add(new Job(
                    "rated-" + jobs++,
                    caption,
                    random.nextLong(),
                    1,
                    ModelRef.DEFAULT,
                    null,
                    1,
                    ImageFormat.PNG,
                    null,
                    null,
                    null,
                    null));
        }
        client.send(asked, Topics.Lane.STANDARD);
        List<Published> images = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int answered = 0;
        while (answered < asked.size() && System.nanoTime() < deadline) {
            for (Result result : results.pollResults(Duration.ofMillis(200))) {
                answered++;
                if (result.outcome() instanceof Outcome.Completed completed) {
                    completed.images().forEach(image -> images.add(published(image)));
                }
            }
        }
        if (answered < asked.size()) {
            throw new IllegalStateException(answered + " of " + asked.size() + " jobs were answered in " + PATIENCE);
        }
        return images;
    }

    private static Published published(Outcome.ImageRef image) {
        try {
            byte[] file = Files.readAllBytes(Path.of(URI.create(image.uri())));
            return new Published(ImageName.parse(image.uri()), ImageDecoder.decode(file, SIDE));
        } catch (IOException e) {
            throw new UncheckedIOException(image.uri() + " cannot be read", e);
        }
    }

    @Override
    public void close() {
        results.close();
        producer.close();
    }
}
