package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fault-injection suite, in small: real processes, eight faults, and mistakes that its checker must notice. */
class ChaosTest {
    private static final int JOBS = 1000;

    @TempDir
    Path folder;

    @Test
    void shouldAnswerEveryJobOnceWhateverBreaks() throws Exception {
        Cli.Run chaos = new Cli(folder)
                .run(
                        "chaos",
                        "--json",
                        "--jobs",
                        String.valueOf(JOBS),
                        "--seed",
                        "4",
                        "--faults",
                        "8",
                        "--only",
                        "kill-after-store,kill-mid-commit,kill-unforced,net-reset,disk-full,device-fails,"
                                + "poisonous-job,repeated-ids");

        assertThat(chaos.exitCode()).as(chaos.output() + chaos.error()).isZero();
        JsonNode figures = chaos.json();
        assertThat(figures.path("jobs").asInt()).isGreaterThanOrEqualTo(JOBS);
        assertThat(figures.path("faults").asInt()).as(chaos.output()).isGreaterThanOrEqualTo(6);
        assertThat(figures.path("lost").asInt(-1)).isZero();
        assertThat(figures.path("duplicated").asInt(-1)).isZero();
        assertThat(figures.path("dangling").asInt(-1)).isZero();
        assertThat(figures.path("violations").asInt(-1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish-before-store",
                "skip-fsync",
                "commit-revoked",
                "ignore-ledger",
                "seek-nothing-after-abort",
                "swap-pictures"
            })
    void shouldNoticeAWorkerThatMakesAMistake(String mistake) throws Exception {
        Cli.Run chaos = new Cli(folder).run("chaos", "--json", "--jobs", "1500", "--seed", "1", "--sabotage", mistake);

        assertThat(chaos.json().path("caught").asBoolean()).as(chaos.output()).isTrue();
        assertThat(chaos.exitCode()).isZero();
    }
}
