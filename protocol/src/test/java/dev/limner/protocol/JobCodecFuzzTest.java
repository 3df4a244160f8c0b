package dev.limner.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs {@link JobCodecFuzzer} under Jazzer in a JVM of its own, from the shipped examples on. A few seconds among the
 * other tests; {@code -Dlimner.fuzz.seconds=300} for a serious run.
 */
class JobCodecFuzzTest {
    private static final int SECONDS = Integer.getInteger("limner.fuzz.seconds", 15);
    private static final Pattern DONE = Pattern.compile("Done (\\d+) (?:runs )?in \\d+ second");

    @TempDir
    Path folder;

    @Test
    void shouldKeepItsPromisesForAnyBytes() throws Exception {
        Path corpus = Files.createDirectories(folder.resolve("corpus"));
        for (String kind : List.of("job", "rejected")) {
            for (Path example : Examples.of(kind)) {
                Files.copy(example, corpus.resolve(kind + "-" + example.getFileName()));
            }
        }
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        // Jazzer attaches its agent to its own JVM.
                        "-XX:+EnableDynamicAgentLoading",
                        "-Djdk.attach.allowAttachSelf=true",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + JobCodecFuzzer.class.getName(),
                        "--instrumentation_includes=dev.limner.**:com.fasterxml.jackson.core.**",
                        "--reproducer_path=" + folder,
                        "-artifact_prefix=" + folder + "/",
                        "-max_total_time=" + SECONDS,
                        "-max_len=4096",
                        // Classes are instrumented while the first inputs run; a busy machine takes its time over that.
                        "-timeout=60",
                        "-print_final_stats=1",
                        corpus.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(jazzer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(jazzer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(jazzer.exitValue()).as(output).isZero();
        Matcher done = DONE.matcher(output);
        assertThat(done.find()).as(output).isTrue();
        assertThat(Long.parseLong(done.group(1))).as("inputs tried").isGreaterThan(1000);
        System.out.println("fuzzed: " + done.group());
    }
}
