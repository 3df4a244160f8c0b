package dev.limner.training.data;

import static dev.limner.training.data.FieldFolderTest.image;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tar files as people have them. */
class FieldShardTest {
    private static final int BLOCK = 512;
    private static final DataSettings SETTINGS = DataSettings.ofPixels(32, 20);

    @TempDir
    Path folder;

    private Path shards;
    private Path set;

    @BeforeEach
    void prepare() throws IOException {
        shards = Files.createDirectories(folder.resolve("shards"));
        set = folder.resolve("set");
    }

    @Test
    void shouldUseWhatIsWholeOfACutShardAndSayThatTheRestIsMissing() throws IOException {
        byte[] whole = ten();
        // A caption is a header and a block, an image a header and so many blocks.
        int imageBlocks = (image(0).length + BLOCK - 1) / BLOCK;
        int pair = BLOCK * (1 + imageBlocks + 1 + 1);

        assertThat(cut(whole, 4 * pair, 4))
                .isEqualTo("it ends without the empty blocks of a whole tar file, after 8 entries, the last of them"
                        + " 0003.txt");
        assertThat(cut(whole, 4 * pair + 200, 4)).contains("after 8 entries");
        assertThat(cut(whole, 4 * pair + BLOCK + 20, 4))
                .isEqualTo("it is cut off or damaged inside 0004.png: Truncated TAR archive");
        assertThat(cut(whole, 10 * pair, 10)).contains("after 20 entries");
        byte[] packed = gzip(whole);
        assertThat(cut(packed, packed.length * 2 / 3, -1)).endsWith("it is cut off");
        assertThat(cut(packed, packed.length - 4, 10)).isEqualTo("it is cut off");
    }

    /** @param images how many there must be, -1 if some */
    private String cut(byte[] whole, int length, int images) throws IOException {
        Path target = folder.resolve("set" + length);
        Files.write(shards.resolve("cut.tar"), Arrays.copyOf(whole, length));

        DataImport.Outcome outcome = DataImport.run(new ShardSource(shards, "en"), target, SETTINGS);

        if (images >= 0) {
            assertThat(outcome.added()).isEqualTo(images);
        }
        assertThat(outcome.skipped()).containsEntry(SkippedEntries.Reason.BROKEN_SHARD, 1);
        return withoutCodes(target.resolve("skipped.jsonl")).stream()
                .filter(line -> line.contains("\"entry\":\"cut.tar\""))
                .findFirst()
                .orElseThrow()
                .replaceAll(".*\"detail\":\"(.*)\"}", "$1");
    }

    @Test
    void shouldGoOnWithTheNextShard() throws IOException {
        Files.writeString(shards.resolve("a.tar"), "<html>404</html>");
        Files.write(shards.resolve("b.tar"), tar(entry("0.png", image(1)), entry("0.txt", "one")));
        Files.write(shards.resolve("c.tar"), new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0});
        byte[] flipped =
                tar(entry("0.png", image(2)), entry("0.txt", "two"), entry("1.png", image(3)), entry("1.txt", "no"));
        int at = new String(flipped, StandardCharsets.ISO_8859_1).indexOf("1.png");
        flipped[at] = '7';
        Files.write(shards.resolve("d.tar"), flipped);
        Files.write(shards.resolve("e.tar.zst"), new byte[3]);
        Files.createDirectories(shards.resolve("sub"));
        Files.write(shards.resolve("sub/f.TAR"), tar(entry("0.png", image(4)), entry("0.txt", "four")));

        DataImport.Outcome outcome = run();

        assertThat(captions().values()).containsExactlyInAnyOrder(List.of("one"), List.of("two"), List.of("four"));
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.BROKEN_SHARD, 3, SkippedEntries.Reason.UNKNOWN_FILE, 1));
        assertThat(report())
                .anySatisfy(line -> assertThat(line).contains("a.tar").contains("it is no tar file"))
                .anySatisfy(line -> assertThat(line).contains("c.tar").contains("packed with xz"))
                .anySatisfy(line -> assertThat(line)
                        .contains("d.tar")
                        .contains("a header has another checksum than it says, after 2 entries"));
    }

    @Test
    void shouldReadShardsThatWereAppendedWithCat() throws IOException {
        byte[] first = tar(entry("0.png", image(1)), entry("0.txt", "one"));
        byte[] second = tar(entry("0.png", image(2)), entry("0.txt", "two"));
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(first);
        both.writeBytes(second);
        Files.write(shards.resolve("both.tar"), both.toByteArray());
        both.reset();
        both.writeBytes(gzip(first));
        both.writeBytes(gzip(tar(entry("0.png", image(3)), entry("0.txt", "three"))));
        Files.write(shards.resolve("both.tar.gz"), both.toByteArray());
        // One empty block in place of two is not what the standard says, and nothing is missing.
        byte[] third = tar(entry("0.png", image(4)), entry("0.txt", "four"));
        Files.write(shards.resolve("lone.tar"), Arrays.copyOf(third, lastBlock(third) + BLOCK));

        DataImport.Outcome outcome = run();

        assertThat(captions().values())
                .containsExactlyInAnyOrder(List.of("one"), List.of("two"), List.of("three"), List.of("four"));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.DUPLICATE, 1));
    }

    private static int lastBlock(byte[] tar) {
        int end = tar.length;
        while (tar[end - 1] == 0) {
            end--;
        }
        return (end + BLOCK - 1) / BLOCK * BLOCK;
    }

    @Test
    void shouldSayWhatFollowsTheEndIfItIsNoTar() throws IOException {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(tar(entry("0.png", image(1)), entry("0.txt", "one")));
        both.writeBytes("something else, longer than a block ".repeat(40).getBytes(StandardCharsets.US_ASCII));
        Files.write(shards.resolve("a.tar"), both.toByteArray());

        DataImport.Outcome outcome = run();

        assertThat(outcome.added()).isEqualTo(1);
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.BROKEN_SHARD, 1));
    }

    @Test
    void shouldTakePathsOfMoreThanAHundredBytes() throws IOException {
        String chinese = "红苹果绿苹果".repeat(6).substring(0, 34);
        String deep = "folder/".repeat(30) + "picture";
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry(chinese + ".png", image(1)),
                        entry(chinese + ".txt", "Chinese"),
                        entry(deep + ".png", image(2)),
                        entry(deep + ".txt", "deep"),
                        entry("日本.png", image(3)),
                        entry("日本.txt", "short")));

        DataImport.Outcome outcome = run();

        assertThat(outcome.skipped()).isEmpty();
        assertThat(captions())
                .isEqualTo(Map.of(
                        chinese, List.of("Chinese"), deep.replace('/', '_'), List.of("deep"), "日本", List.of("short")));
    }

    @Test
    void shouldFollowLinksInsideAShard() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("pool/one.png", image(1)),
                        entry("a.txt", "hard"),
                        link("a.png", "pool/one.png", TarConstants.LF_LINK),
                        entry("b.txt", "ahead"),
                        link("b.png", "./later.png", TarConstants.LF_SYMLINK),
                        entry("sub/c.txt", "up and through a chain"),
                        link("sub/c.png", "../chain.png", TarConstants.LF_SYMLINK),
                        link("chain.png", "pool/three.png", TarConstants.LF_SYMLINK),
                        entry("pool/three.png", image(3)),
                        entry("later.png", image(2)),
                        link("loop.png", "pool.png", TarConstants.LF_SYMLINK),
                        link("pool.png", "loop.png", TarConstants.LF_SYMLINK),
                        link("gone.png", "nowhere.png", TarConstants.LF_SYMLINK),
                        link("out.png", "/etc/passwd", TarConstants.LF_SYMLINK),
                        link("up.png", "../../x.png", TarConstants.LF_SYMLINK),
                        link("text", "a.txt", TarConstants.LF_SYMLINK)));

        DataImport.Outcome outcome = run();

        assertThat(captions())
                .isEqualTo(Map.of(
                        "a", List.of("hard"), "b", List.of("ahead"), "sub_c", List.of("up and through a chain")));
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(
                        SkippedEntries.Reason.BROKEN_LINK, 5,
                        SkippedEntries.Reason.NO_CAPTION, 4,
                        SkippedEntries.Reason.UNKNOWN_FILE, 1));
        assertThat(report())
                .contains("{\"entry\":\"a.tar:gone.png\",\"reason\":\"the link leads nowhere or in a circle\","
                        + "\"detail\":\"to nowhere.png, which is no file of this shard\"}");
    }

    @Test
    void shouldKeepShardsThatAllCountFromNought() throws IOException {
        for (int shard = 0; shard < 3; shard++) {
            Files.write(
                    shards.resolve(shard + ".tar"),
                    tar(
                            entry("00000.png", image(10 * shard)),
                            entry("00000.txt", shard + " first"),
                            entry("00001.png", image(10 * shard + 1)),
                            entry("00001.txt", shard + " second")));
        }

        DataImport.Outcome outcome = run();

        assertThat(outcome.added()).isEqualTo(6);
        assertThat(outcome.skipped()).isEmpty();
        assertThat(outcome.remarks()).isEqualTo(Map.of(SkippedEntries.Remark.RENAMED, 4));
        assertThat(run().present()).isEqualTo(6);
    }

    @Test
    void shouldKeepTwoFormatsOfOneNameAndNamesWithDots() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("a.png", image(1)),
                        entry("a.bmp", image(2)),
                        entry("a.txt", "two"),
                        entry("my.photo.v2.png", image(3)),
                        entry("my.photo.v2.caption", "dots"),
                        entry("b.seg.png", image(4)),
                        entry("e\u0301.png", image(6)),
                        entry("\u00e9.txt", "another form of the letter"),
                        entry("big.tga", image(5))));

        DataImport.Outcome outcome = run();

        assertThat(captions().values())
                .containsExactlyInAnyOrder(
                        List.of("two"), List.of("two"), List.of("dots"), List.of("another form of the letter"));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.NO_CAPTION, 2));
    }

    @Test
    void shouldKnowAnImageByItsBytesWhateverItIsCalled() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("noext", image(1)),
                        entry("noext.txt", "no extension"),
                        entry("b.photo", image(2)),
                        entry("b.txt", "another extension"),
                        entry("b.npy", "no image")));

        DataImport.Outcome outcome = run();

        assertThat(captions()).isEqualTo(Map.of("noext", List.of("no extension"), "b", List.of("another extension")));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.UNKNOWN_FILE, 1));
    }

    @Test
    void shouldNameALinkThatLeadsNowhereOnce() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("0.png", image(1)),
                        entry("0.txt", "whole"),
                        link("gone.png", "nowhere.png", TarConstants.LF_SYMLINK),
                        entry("gone.txt", "of a link"),
                        entry("alone.txt", "of nothing")));

        assertThat(run().skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.BROKEN_LINK, 1, SkippedEntries.Reason.NO_PICTURE, 1));
    }

    @Test
    void shouldLeaveOutWhatMacosPutsBetweenTheEntries() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("./._a.png", new byte[] {0, 5, 0x16, 7}),
                        entry("./a.png", image(1)),
                        entry("./._a.txt", new byte[] {0, 5, 0x16, 7}),
                        entry("./a.txt", "one")));

        DataImport.Outcome outcome = run();

        assertThat(captions().values()).containsExactly(List.of("one"));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.UNKNOWN_FILE, 2));
    }

    @Test
    void shouldSayOfCaptionsThatStandApartWhatIsWrong() throws IOException {
        Files.write(
                shards.resolve("a.tar"),
                tar(
                        entry("ok.png", image(1)),
                        entry("ok.txt", "fine"),
                        entry("a.png", image(2)),
                        entry("b.png", image(3)),
                        entry("a.txt", "one"),
                        entry("b.txt", "two")));

        assertThat(run().skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.NO_CAPTION, 2, SkippedEntries.Reason.NO_PICTURE, 2));
        assertThat(report())
                .contains(
                        "{\"entry\":\"a.tar:a\",\"reason\":\"there is no image\",\"detail\":\"next to it: the entries of an"
                                + " image must follow one another\"}");
    }

    @Test
    void shouldNotTrainOnPartOfADataSet() throws IOException {
        Files.createDirectories(set);
        SETTINGS.write(set);
        Files.write(set.resolve("set-000000.tar"), Arrays.copyOf(ten(), 8 * BLOCK));

        assertThatThrownBy(() -> ShardFiles.read(set, 32, (entry, reason, detail) -> {}))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("set-000000.tar cannot be read as a tar file: it ends without the empty blocks");
    }

    private record Entry(String name, byte[] content, byte type) {}

    private static Entry entry(String name, byte[] content) {
        return new Entry(name, content, TarConstants.LF_NORMAL);
    }

    private static Entry entry(String name, String content) {
        return entry(name, content.getBytes(StandardCharsets.UTF_8));
    }

    private static Entry link(String name, String target, byte type) {
        return new Entry(name, target.getBytes(StandardCharsets.UTF_8), type);
    }

    private static byte[] ten() throws IOException {
        Entry[] entries = new Entry[20];
        for (int i = 0; i < 10; i++) {
            entries[2 * i] = entry("000" + i + ".png", image(i));
            entries[2 * i + 1] = entry("000" + i + ".txt", "number " + i);
        }
        return tar(entries);
    }

    private static byte[] tar(Entry... entries) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            for (Entry each : entries) {
                TarArchiveEntry entry = new TarArchiveEntry(each.name(), each.type());
                boolean file = each.type() == TarConstants.LF_NORMAL;
                if (file) {
                    entry.setSize(each.content().length);
                } else {
                    entry.setLinkName(new String(each.content(), StandardCharsets.UTF_8));
                }
                tar.putArchiveEntry(entry);
                if (file) {
                    tar.write(each.content());
                }
                tar.closeArchiveEntry();
            }
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        }
        return out.toByteArray();
    }

    private DataImport.Outcome run() {
        return DataImport.run(new ShardSource(shards, "en"), set, SETTINGS);
    }

    private Map<String, List<String>> captions() {
        return ShardFiles.read(set, 32, (entry, reason, detail) -> {
                    throw new AssertionError(entry + reason + detail);
                })
                .images()
                .stream()
                .collect(Collectors.toMap(CaptionedImage::key, image -> image.captionsIn("en")));
    }

    private List<String> report() throws IOException {
        return withoutCodes(set.resolve("skipped.jsonl"));
    }

    /** The lines of a report in words; their codes have a test of their own. */
    private static List<String> withoutCodes(Path report) throws IOException {
        return Files.readAllLines(report).stream()
                .map(line -> line.replaceFirst("\"code\":\"[a-z-]+\",", ""))
                .toList();
    }
}
