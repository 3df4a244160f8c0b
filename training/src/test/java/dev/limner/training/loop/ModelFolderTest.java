package dev.limner.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
    @TempDir
    Path folder;

    @Test
    void shouldReplaceTheModelAndLeaveNothingElse() throws IOException {
        ModelFolder model = new ModelFolder(folder);
        model.replace(next -> write(next, "one", 2));

        model.replace(next -> write(next, "two", 1));

        assertThat(model.model().resolve("0")).hasContent("two");
        assertThat(names(model.model())).containsExactly("0");
        assertThat(names(folder)).containsExactly("model");
    }

    @Test
    void shouldKeepTheModelThatIsThereWhenTheDiskIsFullHalfWay() throws IOException {
        ModelFolder model = new ModelFolder(folder);
        model.replace(next -> write(next, "one", 2));

        assertThatThrownBy(() -> model.replace(next -> {
                    write(next, "two", 1);
                    throw new UncheckedIOException(new IOException("No space left on device"));
                }))
                .hasRootCauseMessage("No space left on device");

        assertThat(model.model().resolve("0")).hasContent("one");
        assertThat(model.model().resolve("1")).hasContent("one");
        assertThat(names(folder)).containsExactly("model");
    }

    @Test
    void shouldForgetWhatAKillLeftHalfWritten() throws IOException {
        ModelFolder model = new ModelFolder(folder);
        model.replace(next -> write(next, "one", 1));
        write(Files.createDirectories(folder.resolve("model.next")), "two", 1);

        model.settle();

        assertThat(model.model().resolve("0")).hasContent("one");
        assertThat(names(folder)).containsExactly("model");
    }

    @Test
    void shouldGiveTheModelItsPlaceWhenAKillCameBetweenTheTwoMoves() throws IOException {
        ModelFolder model = new ModelFolder(folder);
        write(Files.createDirectories(folder.resolve("model.before")), "one", 1);
        write(Files.createDirectories(folder.resolve("model.next")), "two", 1);

        model.settle();

        assertThat(model.model().resolve("0")).hasContent("two");
        assertThat(names(folder)).containsExactly("model");
    }

    private static void write(Path into, String content, int files) {
        try {
            for (int i = 0; i < files; i++) {
                Files.writeString(into.resolve(String.valueOf(i)), content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> names(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
