package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tar files whose headers are meant to be too much, or are in no encoding that is known. */
class TarGuardTest {
    private static final int BLOCK = 512;

    @TempDir
    Path folder;

    private final List<String> taken = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(
            bytes = {
                TarConstants.LF_GNUTYPE_LONGNAME,
                TarConstants.LF_GNUTYPE_LONGLINK,
                TarConstants.LF_PAX_EXTENDED_HEADER_LC,
                TarConstants.LF_PAX_EXTENDED_HEADER_UC,
                TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
            })
    void shouldNotUnpackAHeaderThatIsTooLong(byte type) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(pair("a"));
        file.writeBytes(header("long", type, (1 << 20) + 1));
        file.writeBytes(new byte[BLOCK]);

        read(file.toByteArray());

        assertThat(taken).containsExactly("a");
        assertThat(skipped)
                .containsExactly("s.tar: the shard is cut off or damaged, and what follows is missing: a header says it"
                        + " has 1048577 bytes, at most 1048576");
    }

    @ParameterizedTest
    @ValueSource(bytes = {TarConstants.LF_GNUTYPE_LONGNAME, TarConstants.LF_PAX_EXTENDED_HEADER_LC})
    void shouldNotFollowHeadersOfHeadersForever(byte type) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(pair("a"));
        for (int i = 0; i < 20_000; i++) {
            file.writeBytes(header("again", type, 0));
        }

        read(file.toByteArray());

        assertThat(taken).containsExactly("a");
        assertThat(skipped).singleElement().asString().endsWith(": an entry has more than 32 headers");
    }

    @Test
    void shouldNotGiveAnImageTheCaptionOfAnotherWhoseNameIsNoUtf8Either() throws IOException {
        // In Latin-1, as old archivers write them.
        String longName = "l".repeat(150);
        read(tar(
                StandardCharsets.ISO_8859_1,
                "K\u00e4se.png",
                "K\u00f6se.txt",
                "\u00fc.png",
                "\u00fc.txt",
                longName + "\u00e4.png",
                longName + "\u00f6.txt",
                longName + "\u00f6.png"));

        assertThat(taken)
                .containsExactly(
                        "K\\xE4se",
                        "\\xFC=\\xFC.txt",
                        longName + "\\xE4",
                        longName + "\\xF6=" + longName + "\\xF6.txt");
    }

    @Test
    void shouldLeaveNamesInUtf8AsTheyAre() throws IOException {
        String longName = "\u7ea2".repeat(60);
        read(tar(StandardCharsets.UTF_8, "K\u00e4\uFFFD.png", "K\u00e4\uFFFD.txt", longName + ".png"));

        assertThat(taken).containsExactly("K\u00e4\uFFFD=K\u00e4\uFFFD.txt", longName);
    }

    @Test
    void shouldGiveEachFormOfAnAccentedNameItsOwnCaption() throws IOException {
        String parted = "e\u0301";
        String composed = "\u00e9";
        read(tar(StandardCharsets.UTF_8, parted + ".png", composed + ".caption", composed + ".png"));
        read(tar(StandardCharsets.UTF_8, "1" + parted + ".png", "1" + composed + ".caption"));

        assertThat(taken)
                .containsExactly(
                        parted, composed + "=" + composed + ".caption", "1" + parted + "=1" + composed + ".caption");
    }

    private void read(byte[] tar) throws IOException {
        Path file = folder.resolve("s.tar");
        Files.write(file, tar);
        new ShardSource(file, "en")
                .read(
                        image -> taken.add(image.key()
                                + (image.captions().isEmpty()
                                        ? ""
                                        : "=" + image.captions().get("en").get(0))),
                        (entry, reason, detail) -> {
                            if (reason != SkippedEntries.Reason.NO_PICTURE) {
                                skipped.add(entry + ": " + reason.text() + ": " + detail);
                            }
                        });
    }

    private static byte[] header(String name, byte type, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setSize(size);
        byte[] header = new byte[BLOCK];
        entry.writeEntryHeader(header);
        return header;
    }

    private static byte[] pair(String name) throws IOException {
        byte[] whole = tar(StandardCharsets.UTF_8, name + ".png");
        return Arrays.copyOf(whole, 2 * BLOCK);
    }

    /** Of entries that hold their names. */
    private static byte[] tar(Charset charset, String... names) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, charset.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (String name : names) {
                byte[] content = name.replace("\u00e4", "\\xE4")
                        .replace("\u00f6", "\\xF6")
                        .replace("\u00fc", "\\xFC")
                        .getBytes(StandardCharsets.UTF_8);
                if (charset.equals(StandardCharsets.UTF_8)) {
                    content = name.getBytes(StandardCharsets.UTF_8);
                }
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }
}
