package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.cli.Limner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limner data import icons} as users see it; the sets themselves are tested where they are read. */
class IconsImportTest {
    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    @Test
    void shouldCallMisuseWhatIsNoSetAndSayWhatIsNotThere() throws IOException {
        assertThat(complaint("tabler", "--side=48")).startsWith("limner: --side is 48, must be a power of two");
        assertThat(complaint("tabler", "tabler@latest"))
                .isEqualTo("limner: the icon set 'tabler@latest' must be written NAME or NAME@VERSION, as in tabler or"
                        + " feather@1.2.0");
        assertThat(complaint("feather")).endsWith("for others give the version, as in feather@1.2.0");
        assertThat(complaint("tabler", "--packages=" + folder))
                .isEqualTo("limner: there is no iconify-json-tabler-*.tgz in " + folder);
        Files.createFile(folder.resolve("iconify-json-tabler-1.tgz"));
        Files.createFile(folder.resolve("iconify-json-tabler-2.tgz"));
        assertThat(complaint("tabler", "--packages=" + folder)).endsWith("leave one of them there");
        assertThat(folder.resolve("set")).doesNotExist();
    }

    private String complaint(String... more) {
        err.getBuffer().setLength(0);
        String[] line = new String[more.length + 4];
        line[0] = "data";
        line[1] = "import";
        line[2] = "icons";
        line[3] = "--out=" + folder.resolve("set");
        System.arraycopy(more, 0, line, 4, more.length);
        assertThat(Limner.commandLine().setErr(new PrintWriter(err, true)).execute(line))
                .isEqualTo(2);
        return err.toString().strip();
    }
}
