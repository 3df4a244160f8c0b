package dev.limner.cli.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.cli.Limner;
import dev.limner.training.data.PinnedPackage;
import dev.limner.training.data.emoji.EmojiNames;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limner data import emoji} over packages that are wrong, and an npm that takes its time. */
class EmojiImportTest {
    private static final int BLOCK = 512;
    private static final List<PinnedPackage> NAMES = List.of(EmojiNames.PACKAGE);

    @TempDir
    Path folder;

    private final StringWriter err = new StringWriter();

    @BeforeEach
    void makePackages() throws IOException {
        System.setProperty("limner.home", "..");
        tarball("emoji-datasource-google-16.0.0.tgz", Map.of("package/img/google/64/1f431.png", "none"));
        tarball("emojibase-data-17.0.0.tgz", Map.of("package/en/data.json", "[]"));
    }

    @Test
    void shouldCallAWrongNameMisuseAndLeaveNothingBehind() {
        assertThat(complaint("--category", "Plants", "--languages", "en"))
                .startsWith("limner: --category is 'Plants', must be one of Activities, Animals & Nature, ");
        assertThat(complaint("--style", "noto,notto"))
                .isEqualTo("limner: --style is 'notto', must be one of noto, twemoji, openmoji, openmoji-black,"
                        + " fluent-3d, fluent-flat");
        assertThat(complaint("--style", "noto", "--artwork", "NOTO"))
                .isEqualTo("limner: --style is noto,NOTO, must have each style once");
        assertThat(complaint("--style", "noto,fluent-3d"))
                .isEqualTo("limner: there is no lobehub-fluent-emoji-3d-*.tgz in " + folder);
        assertThat(complaint("--label", "colour")).startsWith("limner: --label is 'colour', must be one of style; ");
        assertThat(complaint("--languages", "en,tlh"))
                .isEqualTo("limner: " + folder.resolve("emojibase-data-17.0.0.tgz")
                        + " holds no names in the language 'tlh'");
        assertThat(complaint("--held-out", "91", "--languages", "en"))
                .isEqualTo("limner: --held-out is 91, must be from 0 to 90 percent");
        assertThat(folder.resolve("set")).doesNotExist();
    }

    @Test
    void shouldNotChooseBetweenTwoVersions() throws IOException {
        Files.createFile(folder.resolve("emojibase-data-18.0.0.tgz"));

        assertThat(complaint("--languages", "en"))
                .isEqualTo("limner: " + folder + " holds emojibase-data-17.0.0.tgz and emojibase-data-18.0.0.tgz: leave"
                        + " one of them there");
    }

    @Test
    void shouldEndNpmAndDeleteWhatItFetched() throws Exception {
        Path started = folder.resolve("started");
        FetchedPackages packages = new FetchedPackages(program("sleep 300 &\necho $! >" + started + "\nwait\n"));
        CompletableFuture<Void> fetching = CompletableFuture.runAsync(() -> packages.fetch(NAMES));
        while (!Files.exists(started) || Files.size(started) == 0) {
            Thread.sleep(10);
        }
        long child = Long.parseLong(Files.readString(started).strip());

        packages.close();

        assertThat(packages.folder()).doesNotExist();
        assertThatThrownBy(fetching::join).hasMessageContaining("stopped while npm fetched the packages");
        assertThat(ProcessHandle.of(child).map(ProcessHandle::isAlive)).isNotEqualTo(Optional.of(true));
        assertThatThrownBy(() -> packages.fetch(NAMES)).hasMessageContaining("this process ends");
        packages.close();
    }

    @Test
    void shouldSayThatNpmFailed() throws IOException {
        try (FetchedPackages packages = new FetchedPackages(program("exit 7\n"))) {
            assertThatThrownBy(() -> packages.fetch(NAMES))
                    .hasMessage(
                            "npm pack ended with exit code 7: --packages takes a folder with the package" + " instead");
        }
    }

    @Test
    void shouldRefuseAPackageThatIsNotTheOneItKnows() throws IOException {
        Path made = folder.resolve("emojibase-data-17.0.0.tgz");
        try (FetchedPackages packages = new FetchedPackages(program("cp " + made + " .\n"))) {
            assertThatThrownBy(() -> packages.fetch(NAMES))
                    .hasMessageMatching("npm fetched another emojibase-data@17\\.0\\.0 than this build knows:"
                            + " sha512-\\S+, must be sha512-Yvgb5AWoHViHV\\S+");
            packages.fetch(List.of(new PinnedPackage("emojibase-data", "17.0.0", null)));
        }
    }

    private String program(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("npm"), "#!/bin/sh\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private String complaint(String... more) {
        err.getBuffer().setLength(0);
        List<String> line = new ArrayList<>(
                List.of("data", "import", "emoji", "--packages=" + folder, "--out=" + folder.resolve("set")));
        line.addAll(Arrays.asList(more));
        assertThat(Limner.commandLine().setErr(new PrintWriter(err, true)).execute(line.toArray(String[]::new)))
                .isEqualTo(2);
        return err.toString().strip();
    }

    private void tarball(String name, Map<String, String> entries) throws IOException {
        try (OutputStream tar = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                byte[] content = entry.getValue().getBytes(StandardCharsets.UTF_8);
                tar.write(header(entry.getKey(), content.length));
                tar.write(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
            }
            tar.write(new byte[2 * BLOCK]);
        }
    }

    /** As POSIX says: name, mode, size and checksum in octal. */
    private static byte[] header(String name, int size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 124, String.format(Locale.ROOT, "%011o", size));
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte one : header) {
            sum += one;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o", sum));
        header[154] = 0;
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
