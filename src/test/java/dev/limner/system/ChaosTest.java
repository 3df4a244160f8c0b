package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fault-injection suite, in small: real processes, eight faults, and mistakes that its checker must notice. */
class ChaosTest {
    private static final int JOBS = 1000;

    /** Shown only by what is struck while the mistake is made; the others by any job that is out of the ordinary. */
    private static final Set<String> WITH_FAULTS =
            Set.of("publish-before-store", "skip-fsync", "commit-revoked", "ignore-ledger", "seek-nothing-after-abort");

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
    void shouldNoticeMistakesInAnyFieldWithoutAFault() throws Exception {
        Set<String> mistakes = mistakes();
        mistakes.removeAll(WITH_FAULTS);

        noticesAll(mistakes);
    }

    @Test
    void shouldNoticeMistakesThatShowUnderFaults() throws Exception {
        noticesAll(WITH_FAULTS);
    }

    private void noticesAll(Set<String> mistakes) throws IOException, InterruptedException {
        Cli.Run chaos = new Cli(folder)
                .run(
                        "chaos",
                        "--json",
                        "--jobs",
                        "1500",
                        "--seed",
                        "1",
                        "--sabotage",
                        String.join(",", new TreeSet<>(mistakes)));

        assertThat(chaos.exitCode()).as(chaos.output() + chaos.error()).isZero();
        assertThat(chaos.json().path("caught").asBoolean()).as(chaos.output()).isTrue();
        assertThat(chaos.json().path("sabotage")).hasSameSizeAs(mistakes);
    }

    @Test
    void shouldListEveryMistakeWithWhatCatchesIt() throws Exception {
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

        assertThat(documented).isEqualTo(mistakes());
        assertThat(offered).containsExactlyInAnyOrderElementsOf(mistakes());
    }

    /** As the worker's source declares them; this module does not depend on the worker. */
    private static Set<String> mistakes() throws IOException {
        String source =
                Files.readString(Home.ROOT.resolve("worker/src/main/java/dev/limner/worker/drill/Sabotage.java"));
        try (Stream<MatchResult> constants =
                Pattern.compile("(?m)^    ([A-Z_]+),?$").matcher(source).results()) {
            return constants
                    .map(constant -> constant.group(1).toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
