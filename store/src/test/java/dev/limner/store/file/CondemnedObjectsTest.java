package dev.limner.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CondemnedObjectsTest {
    private static final Instant LIMIT = Instant.parse("2026-01-31T12:00:00Z");

    @TempDir
    Path root;

    @TempDir
    Path elsewhere;

    private Path file;

    @BeforeEach
    void make() throws IOException {
        file = Files.createDirectories(root.resolve("ab")).resolve("ab".repeat(32) + ".png");
        Files.writeString(file, "picture");
        touch(file, LIMIT.minusSeconds(1));
    }

    private static void touch(Path touched, Instant at) throws IOException {
        Files.setLastModifiedTime(touched, FileTime.from(at));
    }

    @Test
    void shouldRemoveWhatNobodyTouchedAndNothingTouchedAtTheLimitOrLater() throws IOException {
        assertThat(CondemnedObjects.remove(file, LIMIT, CondemnedObjects.Steps.UNWATCHED))
                .isTrue();
        assertThat(root.resolve("ab")).isEmptyDirectory();
        for (Instant at : List.of(LIMIT, LIMIT.plusSeconds(1))) {
            Files.writeString(file, "picture");
            touch(file, at);
            assertThat(CondemnedObjects.remove(file, LIMIT, CondemnedObjects.Steps.UNWATCHED))
                    .isFalse();
            assertThat(file).hasContent("picture");
        }
    }

    @Test
    void shouldGiveNamesBackInAFolderThatIsALink() throws IOException {
        Files.move(file, CondemnedObjects.condemned(file));
        Path link = Files.createSymbolicLink(elsewhere.resolve("store"), root);

        assertThat(CondemnedObjects.restoreAll(link)).isEqualTo(1);
        assertThat(file).hasContent("picture");
    }

    /** A writer touched the object after it was chosen and refers to it: it must be there whatever is killed when. */
    @ParameterizedTest
    @CsvSource({"rename", "look", "restore", "end"})
    void shouldNotLoseAnObjectThatWasTouchedWhereverItIsKilled(String step) throws IOException {
        touch(file, LIMIT.plusSeconds(1));

        assertThatThrownBy(() -> CondemnedObjects.remove(file, LIMIT, killed(step)))
                .hasMessage("killed before " + step);
        CondemnedObjects.restoreAll(root);

        assertThat(file).hasContent("picture");
        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(LIMIT.plusSeconds(1));
        assertThat(CondemnedObjects.condemned(file)).doesNotExist();
        assertThat(CondemnedObjects.restoreAll(root)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"rename, true", "look, true", "delete, true", "end, false"})
    void shouldLeaveNothingUnderItsOwnNameWhereverItIsKilled(String step, boolean remains) throws IOException {
        assertThatThrownBy(() -> CondemnedObjects.remove(file, LIMIT, killed(step)))
                .hasMessage("killed before " + step);
        CondemnedObjects.restoreAll(root);

        assertThat(Files.exists(file)).isEqualTo(remains);
        assertThat(CondemnedObjects.condemned(file)).doesNotExist();
    }

    @Test
    void shouldSeeWhoTouchesItBeforeTheLookAndFailForWhoIsLater() throws IOException {
        assertThat(CondemnedObjects.remove(file, LIMIT, step -> {
                    switch (step) {
                        case "rename" -> unchecked(() -> touch(file, LIMIT.plusSeconds(1)));
                        // Under its new name a writer does not find it, and puts it anew.
                        case "look" ->
                            assertThatThrownBy(() -> touch(file, LIMIT)).isInstanceOf(NoSuchFileException.class);
                        case "restore" -> unchecked(() -> Files.writeString(file, "picture"));
                        default -> assertThat(file).exists();
                    }
                }))
                .isFalse();
        assertThat(file).hasContent("picture");
    }

    @Test
    void shouldKeepTheLaterOneWhereAnObjectWasPutAnewBeforeItsNameCameBack() throws IOException {
        assertThatThrownBy(() -> CondemnedObjects.remove(file, LIMIT, killed("look")))
                .hasMessageStartingWith("killed");
        Files.writeString(file, "picture");
        touch(file, LIMIT.plusSeconds(5));

        CondemnedObjects.restoreAll(root);

        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(LIMIT.plusSeconds(5));
        assertThat(CondemnedObjects.condemned(file)).doesNotExist();
    }

    @Test
    void shouldStepAsideForSomebodyFaster() throws IOException {
        assertThatThrownBy(() -> CondemnedObjects.remove(file, LIMIT, step -> {
                    if (step.equals("delete")) {
                        unchecked(() -> CondemnedObjects.restoreAll(root));
                    }
                }))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(file).exists();
        assertThat(CondemnedObjects.restoreAll(root.resolve("nowhere"))).isZero();
    }

    private interface Doing {
        void run() throws IOException;
    }

    private static void unchecked(Doing doing) {
        try {
            doing.run();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static CondemnedObjects.Steps killed(String at) {
        return step -> {
            if (step.equals(at)) {
                throw new IllegalStateException("killed before " + step);
            }
        };
    }
}
