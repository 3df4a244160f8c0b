package dev.limner.trainer.service;

import dev.limner.protocol.DeadLetter;
import dev.limner.protocol.Digests;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Topics;
import dev.limner.training.feedback.DeadLetters;
import dev.limner.training.feedback.FeedbackRecord;
import io.smallrye.reactive.messaging.MutinyEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.eclipse.microprofile.reactive.messaging.Channel;

/** The dead letters: the original's bytes and headers with the reason, as the workers write them. */
@ApplicationScoped
public class DeadLetterChannel implements DeadLetters {
    private static final Duration WITHIN = Duration.ofSeconds(60);
    private static final int LARGEST = 256 << 10;

    /** With a value and a key of the largest sizes a letter stays far below what topics take unless told otherwise. */
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
        boolean large = value != null && value.length > LARGEST;
        DeadLetter letter = DeadLetter.of(
                DeadLetter.Original.of(
                        original.key(),
                        value,
                        value == null ? 0 : value.length,
                        original.headers(),
                        original.origin().toString()),
                new DeadLetter.Cause(
                        error.code().wireName() + ": " + error.message(),
                        1,
                        Instant.now(),
                        large ? keep(Objects.requireNonNull(value)) : null),
                MOST_HEADER_BYTES);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(new Topics(config.topicPrefix()).deadLetters(), letter.key(), letter.value());
        letter.headers().forEach(header -> record.headers().add(header.name(), header.value()));
        emitter.send(record).await().atMost(WITHIN);
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
