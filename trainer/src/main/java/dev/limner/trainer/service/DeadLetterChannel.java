package dev.limner.trainer.service;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Digests;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Topics;
import dev.limner.training.feedback.DeadLetters;
import dev.limner.training.feedback.FeedbackRecord;
import io.smallrye.reactive.messaging.MutinyEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;

/** The dead letters: the original's bytes and headers with the reason, as the workers write them. */
@ApplicationScoped
public class DeadLetterChannel implements DeadLetters {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int LARGEST = 256 << 10;
    private static final int BEGINNING = 4 << 10;
    private static final int MOST_HEADER_BYTES = 64 << 10;

    private final MutinyEmitter<ProducerRecord<byte[], byte[]>> emitter;
    private final TrainerConfig config;

    DeadLetterChannel(
            @Channel("dead-letters") MutinyEmitter<ProducerRecord<byte[], byte[]>> emitter, TrainerConfig config) {
        this.emitter = emitter;
        this.config = config;
    }

    @Override
    public void send(FeedbackRecord original, RecordError error) {
        byte[] value = original.value();
        byte[] large = value != null && value.length > LARGEST ? value : null;
        ProducerRecord<byte[], byte[]> letter = new ProducerRecord<>(
                new Topics(config.topicPrefix()).deadLetters(),
                original.key(),
                large == null ? value : Arrays.copyOf(large, BEGINNING));
        int room = MOST_HEADER_BYTES;
        int dropped = 0;
        for (FeedbackRecord.Header header : original.headers()) {
            byte[] bytes = header.value();
            int size = header.name().length() + (bytes == null ? 0 : bytes.length);
            if (header.name().startsWith(DeadLetterHeaders.PREFIX) || size > room) {
                dropped++;
            } else {
                room -= size;
                letter.headers().add(header.name(), bytes);
            }
        }
        add(letter, DeadLetterHeaders.REASON, error.code().wireName() + ": " + error.message());
        add(letter, DeadLetterHeaders.ORIGIN, original.origin().toString());
        add(letter, DeadLetterHeaders.ATTEMPTS, "1");
        add(letter, DeadLetterHeaders.AT, Instant.now().toString());
        if (dropped > 0) {
            add(letter, DeadLetterHeaders.DROPPED_HEADERS, String.valueOf(dropped));
        }
        if (large != null) {
            add(letter, DeadLetterHeaders.OBJECT, keep(large));
        }
        emitter.send(letter).await().atMost(WITHIN);
    }

    private static void add(ProducerRecord<byte[], byte[]> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The whole of what is too large for a letter, under its digest. */
    private String keep(byte[] value) {
        Path folder = config.state().resolve("letters");
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(Digests.sha256(value) + ".bin");
            Path temporary = folder.resolve(file.getFileName() + ".tmp");
            Files.write(temporary, value);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return file.toAbsolutePath().toUri().toString();
        } catch (IOException e) {
            throw new UncheckedIOException("the original of a dead letter cannot be kept in " + folder, e);
        }
    }
}
