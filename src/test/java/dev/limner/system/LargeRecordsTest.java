package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeRecordsTest {
    private static final int BAD = 500;
    private static final int GOOD = 20;
    private static final int AT_ONCE = 50;
    private static final int SIZE = 1_000_000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void shouldAnswerAFloodOfLargeBadRecordsWithASmallHeap() throws Exception {
        Topics topics = TestBroker.topics("flood");
        for (int from = 0; from < BAD; from += AT_ONCE) {
            List<byte[]> records = new ArrayList<>();
            for (int i = from; i < from + AT_ONCE; i++) {
                byte[] bad = new byte[SIZE];
                Arrays.fill(bad, (byte) 'x');
                byte[] number = String.format("%06d", i).getBytes(StandardCharsets.UTF_8);
                System.arraycopy(number, 0, bad, 0, number.length);
                records.add(bad);
            }
            for (int i = 0; i < GOOD * AT_ONCE / BAD; i++) {
                records.add(Producer.job("good-" + (from + i), "fish", i));
            }
            Producer.send(topics, records);
        }
        try (TestWorker worker = TestWorker.start(topics, "worker", folder, "-Xmx256m")) {
            Map<String, Result> results = Producer.results(topics, BAD + GOOD, PATIENCE);
            assertThat(results).hasSize(BAD + GOOD);
            assertThat(results.values())
                    .filteredOn(result -> result.outcome().status().equals("completed"))
                    .hasSize(GOOD);
            assertThat(worker.status("/q/health/live")).isEqualTo(200);
            assertThat(worker.log()).doesNotContain("OutOfMemoryError");
            assertThat(worker.terminate()).isIn(0, 143);
        }
        List<ConsumerRecord<byte[], byte[]>> letters = Producer.read(topics.deadLetters(), BAD, PATIENCE);
        assertThat(letters).hasSize(BAD).allSatisfy(letter -> {
            assertThat(letter.value()).hasSize(4096);
            assertThat(header(letter, DeadLetterHeaders.CUT_FROM)).isEqualTo(String.valueOf(SIZE));
            assertThat(header(letter, DeadLetterHeaders.OBJECT)).startsWith("file:");
        });
        assertThat(originals()).isEqualTo(BAD);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private long originals() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
            return files.filter(file -> file.toString().endsWith(".bin")).count();
        }
    }
}
