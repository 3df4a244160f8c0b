package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fault-injection suite, in small: real processes and eight faults. */
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
        assertThat(figures.path("deadLetters").asInt()).isPositive();
        assertThat(figures.path("faults").asInt()).as(chaos.output()).isGreaterThanOrEqualTo(6);
        assertThat(figures.path("lost").asInt(-1)).isZero();
        assertThat(figures.path("duplicated").asInt(-1)).isZero();
        assertThat(figures.path("dangling").asInt(-1)).isZero();
        assertThat(figures.path("violations").asInt(-1)).isZero();
    }

    @Test
    void shouldListEverySeededBugWithWhatCatchesIt() throws Exception {
        Path page = Home.ROOT.resolve("docs/decisions/0007-chaos.md");
        Set<String> documented = Files.readAllLines(page).stream()
                .map(Pattern.compile("^\\| `([a-z-]+)` \\| .+ \\| .+ \\|$")::matcher)
                .filter(matcher -> matcher.matches())
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toSet());
        Cli.Run listed = new Cli(folder).run("chaos", "--list");
        List<String> offered = listed.output()
                .lines()
                .filter(line -> line.startsWith("--sabotage "))
                .map(line -> line.substring("--sabotage ".length()))
                .toList();

        assertThat(documented).isEqualTo(SeededBugs.all());
        assertThat(offered).containsExactlyInAnyOrderElementsOf(SeededBugs.all());
    }
}
