package dev.limner.trainer.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.RecordHeader;
import dev.limner.training.feedback.FeedbackRecord;
import dev.limner.training.replay.RecordPosition;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.MutinyEmitter;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeadLetterChannelTest {
    private static final RecordPosition POSITION = new RecordPosition("fleet.feedback", 3, 17);

    @TempDir
    Path state;

    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();

    @Test
    void shouldSendTheRecordAsItWasWithWhyItCouldNotBeUsed() {
        Instant before = Instant.now();

        ProducerRecord<byte[], byte[]> letter =
                letterOf(new byte[] {1, 2}, new byte[] {3, 4, 5}, RecordHeader.of("trace", "abc"));

        assertThat(letter.topic()).isEqualTo("fleet.dead-letters");
        assertThat(letter.key()).containsExactly(1, 2);
        assertThat(letter.value()).containsExactly(3, 4, 5);
        assertThat(header(letter, "trace")).isEqualTo("abc");
        assertThat(header(letter, "limner-reason"))
                .isEqualTo(ErrorCode.WRONG_TYPE.wireName() + ": " + error().message());
        assertThat(header(letter, "limner-origin")).isEqualTo("fleet.feedback-3@17");
        assertThat(header(letter, "limner-attempts")).isEqualTo("1");
        assertThat(Duration.between(before, Instant.parse(String.valueOf(header(letter, "limner-at")))))
                .isBetween(Duration.ofMillis(-1), Duration.ofMinutes(1));
        assertThat(header(letter, "limner-cut-from")).isNull();
        assertThat(header(letter, "limner-object")).isNull();
    }

    @Test
    void shouldSendARecordThatHasNothing() {
        ProducerRecord<byte[], byte[]> letter = letterOf(null, null);

        assertThat(letter.key()).isNull();
        assertThat(letter.value()).isNull();
        assertThat(header(letter, "limner-cut-from")).isNull();
    }

    @Test
    void shouldKeepTheWholeOfALargeValueInAFile() throws IOException {
        for (int length : new int[] {262_143, 262_144}) {
            assertThat(letterOf(null, new byte[length]).value())
                    .as("of %d", length)
                    .hasSize(length);
        }
        assertThat(state.resolve("letters")).doesNotExist();

        byte[] large = new byte[262_145];
        Arrays.fill(large, (byte) 7);
        ProducerRecord<byte[], byte[]> letter = letterOf(null, large);

        assertThat(letter.value()).hasSize(4096).containsOnly(7);
        assertThat(header(letter, "limner-cut-from")).isEqualTo("262145");
        Path file = Path.of(URI.create(String.valueOf(header(letter, "limner-object"))));
        assertThat(Files.readAllBytes(file)).isEqualTo(large);
        assertThat(file.getParent().toFile().list()).hasSize(1);
    }

    @Test
    void shouldBoundTheHeaders() {
        for (int bytes : new int[] {65_535, 65_536, 65_537}) {
            ProducerRecord<byte[], byte[]> letter = letterOf(null, null, new RecordHeader("h", new byte[bytes - 19]));

            assertThat(header(letter, "h") != null).as("of %d", bytes).isEqualTo(bytes <= 65_536);
        }
    }

    private ProducerRecord<byte[], byte[]> letterOf(
            byte @Nullable [] key, byte @Nullable [] value, RecordHeader... headers) {
        sent.clear();
        TrainerConfig config = TrainerConfigTest.config(
                Map.of("limner.trainer.topic-prefix", "fleet", "limner.trainer.state", state.toString()));
        new DeadLetterChannel(emitter(), config)
                .send(
                        new FeedbackRecord(
                                POSITION, key, value, List.of(headers), Instant.EPOCH, FeedbackRecord.Clock.BROKER),
                        error());
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    private static RecordError error() {
        return RecordError.ofRecord(ErrorCode.WRONG_TYPE, "it is no feedback");
    }

    private static @Nullable String header(ProducerRecord<byte[], byte[]> letter, String name) {
        Header header = letter.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Of which only sending is used. */
    @SuppressWarnings("unchecked")
    private MutinyEmitter<ProducerRecord<byte[], byte[]>> emitter() {
        return (MutinyEmitter<ProducerRecord<byte[], byte[]>>) Proxy.newProxyInstance(
                MutinyEmitter.class.getClassLoader(), new Class<?>[] {MutinyEmitter.class}, (proxy, method, given) -> {
                    if (!method.getName().equals("send")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    sent.add((ProducerRecord<byte[], byte[]>) given[0]);
                    return Uni.createFrom().voidItem();
                });
    }
}
