package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Seeded bugs that workers make on purpose, and that the checker of {@code limner chaos} must notice. */
final class SeededBugs {
    /** Shown only by what is struck while the bug is in place; the others by any job that is out of the ordinary. */
    static final Set<String> WITH_FAULTS =
            Set.of("publish-before-store", "skip-fsync", "commit-revoked", "ignore-ledger", "seek-nothing-after-abort");

    private SeededBugs() {}

    /** As the worker's source declares them; this module does not depend on the worker. */
    static Set<String> all() throws IOException {
        String source =
                Files.readString(Home.ROOT.resolve("worker/src/main/java/dev/limner/worker/drill/SeededBug.java"));
        try (Stream<MatchResult> constants =
                Pattern.compile("(?m)^    ([A-Z_]+),?$").matcher(source).results()) {
            return constants
                    .map(constant -> constant.group(1).toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** @param folder for the state and what the command says */
    static void assertNoticed(Path folder, Set<String> bugs) throws IOException, InterruptedException {
        Cli.Run chaos = new Cli(folder)
                .run(
                        "chaos",
                        "--json",
                        "--jobs",
                        "1500",
                        "--seed",
                        "1",
                        "--sabotage",
                        String.join(",", new TreeSet<>(bugs)));

        assertThat(chaos.exitCode()).as(chaos.output() + chaos.error()).isZero();
        assertThat(chaos.json().path("caught").asBoolean()).as(chaos.output()).isTrue();
        assertThat(chaos.json().path("sabotage")).hasSameSizeAs(bugs);
    }
}
