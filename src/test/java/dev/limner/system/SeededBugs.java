package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Seeded bugs that workers make on purpose, and that the checker of {@code limner chaos} must notice. */
final class SeededBugs {
    /** Shown only by what is struck while the bug is in place; the others by any job that is out of the ordinary. */
    static final Set<String> WITH_FAULTS =
            Set.of("publish-before-store", "skip-fsync", "commit-revoked", "ignore-ledger", "seek-nothing-after-abort");

    private SeededBugs() {}

    /** As the fault kit lists them; this module does not depend on it. */
    static Set<String> all() throws IOException {
        Path listed = Home.ROOT.resolve(
                "testkit/src/main/resources/META-INF/services/dev.limner.testkit.fault.bug.SeededBug");
        return Files.readAllLines(listed).stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .map(name -> name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
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
