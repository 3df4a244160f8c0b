package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Result;
import dev.limner.protocol.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fleet that is replaced worker by worker while jobs flow generates no image twice. */
class RollingRestartTest {
    private static final int JOBS = 1200;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern STOPPED =
            Pattern.compile("imagesGenerated=(\\d+) imagesDrawn=\\d+ imagesPublished=(\\d+) stopped");

    @TempDir
    Path folder;

    @Test
    void shouldGenerateEveryImageOnceWhileWorkersAreReplaced() throws Exception {
        Topics topics = TestBroker.topics("rolling");
        List<byte[]> jobs = new ArrayList<>();
        for (int i = 0; i < JOBS; i++) {
            jobs.add(Producer.job("j-" + i, "fish number " + i % 100, i));
        }
        List<TestWorker> workers = new ArrayList<>();
        try {
            workers.add(TestWorker.start(topics, "one", folder));
            workers.add(TestWorker.start(topics, "two", folder));
            for (TestWorker worker : workers) {
                worker.ready();
            }
            Producer.send(topics, jobs);
            Producer.await(topics.results(), JOBS / 20, PATIENCE);
            for (int i = 0; i < 2; i++) {
                TestWorker next = TestWorker.start(topics, "next-" + i, folder).ready();
                assertThat(workers.remove(0).terminate()).isIn(0, 143);
                workers.add(next);
            }
            Map<String, Result> results = Producer.results(topics, JOBS, PATIENCE);
            assertThat(results).hasSize(JOBS);
            for (TestWorker worker : workers) {
                assertThat(worker.terminate()).isIn(0, 143);
            }
        } finally {
            workers.forEach(TestWorker::close);
        }
        long generated = 0;
        for (String name : List.of("one", "two", "next-0", "next-1")) {
            Matcher stopped = STOPPED.matcher(Files.readString(folder.resolve(name + ".log")));
            assertThat(stopped.find()).as(name + " said what it generated").isTrue();
            assertThat(stopped.group(1)).as(name).isEqualTo(stopped.group(2));
            generated += Long.parseLong(stopped.group(1));
        }
        assertThat(generated).isEqualTo(JOBS);
        assertThat(Producer.read(topics.results(), JOBS, PATIENCE)).hasSize(JOBS);
    }
}
