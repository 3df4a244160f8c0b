package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataImportTest {
    private static final DataSettings SETTINGS = DataSettings.ofPixels(32, 20);

    @TempDir
    Path folder;

    private Path source;
    private Path set;

    @BeforeEach
    void prepare() throws IOException {
        source = Files.createDirectories(folder.resolve("pictures"));
        set = folder.resolve("set");
    }

    @Test
    void shouldTakeCaptionsFromMetadataAndFromFilesBesideTheImages() throws IOException {
        image("a.png", Color.RED, 40, 30);
        image("sub/b.jpg", Color.GREEN, 32, 32);
        image("c.png", Color.BLUE, 100, 100);
        write("metadata.jsonl", """
                {"file_name": "a.png", "text": "a red one"}
                {"file_name": "a.png", "text": {"de": "ein rotes", "zh": "红色"}}
                {"file_name": "sub/b.jpg", "captions": ["green", "all green"], "label": "plain"}
                """);
        write("c.txt", "blue\n  a  blue one \n\n");

        DataImport.Outcome outcome = DataImport.run(new FolderSource(source, "en"), set, SETTINGS);

        assertThat(outcome.added()).isEqualTo(3);
        assertThat(outcome.skipped()).isEmpty();
        DataSet data = read();
        assertThat(data.images()).extracting(CaptionedImage::key).containsExactly("a", "c", "sub_b");
        assertThat(data.images().get(0).captions())
                .isEqualTo(Map.of("en", List.of("a red one"), "de", List.of("ein rotes"), "zh", List.of("红色")));
        assertThat(data.images().get(1).captionsIn("en")).containsExactly("blue", "a blue one");
        assertThat(data.images().get(2).label()).isEqualTo("plain");
        assertThat(data.images())
                .allSatisfy(image -> assertThat(image.pixels().width()).isEqualTo(32));
    }

    @Test
    void shouldSayOfEachEntryItLeavesOutWhy() throws IOException {
        image("good.png", Color.RED, 32, 32);
        write("good.txt", "red");
        image("twin.png", Color.RED, 32, 32);
        write("twin.txt", "also red");
        image("silent.png", Color.GREEN, 32, 32);
        write("silent.txt", "  \n");
        write("broken.png", "not an image");
        write("broken.txt", "what was it");
        image("odd.png", Color.BLUE, 32, 32);
        write("odd.json", "{\"caption\": 7}");
        write("notes.md", "hello");
        write("metadata.jsonl", """
                {"file_name": "lost.png", "text": "gone"}
                {"text": "no name"}
                not json
                """);

        DataImport.Outcome outcome = DataImport.run(new FolderSource(source, "en"), set, SETTINGS);

        assertThat(outcome.added()).isEqualTo(1);
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(
                        SkippedEntries.Reason.DUPLICATE, 1,
                        SkippedEntries.Reason.NO_CAPTION, 1,
                        SkippedEntries.Reason.UNREADABLE, 1,
                        SkippedEntries.Reason.UNKNOWN_FILE, 1,
                        SkippedEntries.Reason.NO_PICTURE, 1,
                        SkippedEntries.Reason.MALFORMED, 3));
        assertThat(read().images().get(0).captionsIn("en")).containsExactly("red", "also red");
        assertThat(Files.readAllLines(set.resolve("skipped.jsonl")))
                .contains(
                        "{\"entry\":\"twin.png\",\"code\":\"duplicate\",\"reason\":\"the same image is already there\",\"detail\":\"of good, which gets its captions\"}",
                        "{\"entry\":\"silent.png\",\"code\":\"no-caption\",\"reason\":\"there is no caption\"}")
                .anySatisfy(line -> assertThat(line)
                        .contains("odd.png")
                        .contains("caption is 7, must be text, a list of texts or texts by language"))
                .anySatisfy(
                        line -> assertThat(line).contains("metadata.jsonl:2").contains("file_name is missing"))
                .anySatisfy(line -> assertThat(line).contains("lost.png").contains("named in metadata.jsonl"));
    }

    /** Programs read them: whoever changes one breaks them. */
    @Test
    void shouldGiveReasonsAndRemarksCodesThatStay() {
        assertThat(SkippedEntries.Reason.values())
                .extracting(SkippedEntries.Reason::code)
                .containsExactly(
                        "unreadable",
                        "unsupported",
                        "too-large",
                        "no-image",
                        "no-caption",
                        "duplicate",
                        "between-splits",
                        "key-taken",
                        "malformed",
                        "broken-link",
                        "closed",
                        "broken-shard",
                        "withdrawn",
                        "trademark",
                        "unknown-file");
        assertThat(SkippedEntries.Remark.values())
                .extracting(SkippedEntries.Remark::code)
                .containsExactly(
                        "first-frame",
                        "warned",
                        "renamed",
                        "name-matched",
                        "split-unknown",
                        "split-of-subject",
                        "near-other-split",
                        "caption-damaged",
                        "caption-long");
    }

    @Test
    void shouldReadAFolderThatIsALink() throws IOException {
        image("sub/a.png", Color.RED, 40, 30);
        write("sub/a.txt", "red");
        Path link = Files.createSymbolicLink(source.resolveSibling("link"), source);

        DataImport.run(new FolderSource(link, "en"), set, SETTINGS);

        assertThat(read().images()).extracting(CaptionedImage::key).containsExactly("sub_a");
    }

    @Test
    void shouldChangeNothingWhenImportedAgain() throws IOException {
        image("a.png", Color.RED, 40, 30);
        write("a.txt", "red");
        DataImport.run(new FolderSource(source, "en"), set, SETTINGS);
        Map<String, byte[]> before = files();

        DataImport.Outcome again = DataImport.run(new FolderSource(source, "en"), set, SETTINGS);

        assertThat(again.added()).isZero();
        assertThat(again.present()).isEqualTo(1);
        assertThat(files()).containsExactlyInAnyOrderEntriesOf(before);
    }

    @Test
    void shouldKeepEveryImageInItsSplitWhenMoreArrive() throws IOException {
        for (int i = 0; i < 40; i++) {
            image("p" + i + ".png", new Color(i * 6, 255 - i * 6, i), 32, 32);
            write("p" + i + ".txt", "number " + i);
        }
        DataImport.run(new FolderSource(source, "en"), set, SETTINGS);
        Map<String, Split> before = splits();
        for (int i = 0; i < 20; i++) {
            image("a" + i + ".png", new Color(0, i * 6, 255 - i), 32, 32);
            write("a" + i + ".txt", "another " + i);
        }

        DataImport.Outcome more = DataImport.run(new FolderSource(source, "en"), set, SETTINGS);

        assertThat(more.added()).isEqualTo(20);
        assertThat(splits()).hasSize(60).containsAllEntriesOf(before);
        assertThat(before.values()).contains(Split.TRAIN, Split.TEST);
        assertThat(set.resolve("set-000001.tar.gz")).exists();
    }

    @Test
    void shouldReadOtherPeoplesShards() throws IOException {
        Path shard = folder.resolve("theirs.tar");
        image("x.png", Color.ORANGE, 50, 60);
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(Files.newOutputStream(shard))) {
            put(tar, "000001.png", Files.readAllBytes(source.resolve("x.png")));
            put(tar, "000001.txt", "an orange thing".getBytes(StandardCharsets.UTF_8));
            put(tar, "000001.json", "{\"width\": 50, \"text\": \"etwas\"}".getBytes(StandardCharsets.UTF_8));
            put(tar, "000002.txt", "lonely".getBytes(StandardCharsets.UTF_8));
        }

        DataImport.Outcome outcome = DataImport.run(new ShardSource(shard, "en"), set, SETTINGS);

        assertThat(outcome.added()).isEqualTo(1);
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.NO_PICTURE, 1));
        assertThat(read().images().get(0).captionsIn("en")).containsExactly("an orange thing", "etwas");
    }

    @Test
    void shouldReadFashionMnistWithItsOwnSplit() throws IOException {
        for (String part : List.of("train", "t10k")) {
            int salt = part.equals("train") ? 0 : 100;
            try (DataOutputStream images = gzip(part + "-images-idx3-ubyte.gz");
                    DataOutputStream labels = gzip(part + "-labels-idx1-ubyte.gz")) {
                images.writeInt(0x803);
                images.writeInt(3);
                images.writeInt(28);
                images.writeInt(28);
                labels.writeInt(0x801);
                labels.writeInt(3);
                for (int i = 0; i < 3; i++) {
                    for (int pixel = 0; pixel < 28 * 28; pixel++) {
                        images.writeByte(pixel + i + salt);
                    }
                    labels.writeByte(9);
                }
            }
        }

        DataImport.run(new FashionMnistSource(source, 0), set, SETTINGS);

        DataSet data = read();
        assertThat(data.images(Split.TRAIN, "en")).hasSize(3);
        assertThat(data.images(Split.TEST, "en")).hasSize(3);
        assertThat(data.images()).allSatisfy(image -> {
            assertThat(image.label()).isEqualTo("ankle boot");
            assertThat(image.captionsIn("en")).hasSize(4).startsWith("ankle boot");
            assertThat(image.pixels().rgb()[0]).as("the margin is white").isEqualTo((byte) 255);
        });
    }

    @Test
    void shouldRefuseWhatContradictsTheDataSet() throws IOException {
        image("a.png", Color.RED, 40, 30);
        write("a.txt", "red");
        DataImport.run(new FolderSource(source, "en"), set, SETTINGS);

        assertThatThrownBy(() -> DataImport.run(new FolderSource(source, "en"), set, DataSettings.ofPixels(64, 20)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("side 32 and 20 percent held out, asked for side 64 and 20 percent");
        assertThatThrownBy(() -> DataSettings.ofPixels(48, 20))
                .hasMessageContaining("side is 48, must be a power of two");
    }

    @Test
    void shouldSayWhatIsWrongWhenNothingCanBeUsed() throws IOException {
        write("a.png", "x");
        write("a.txt", "red");

        assertThatThrownBy(() -> DataImport.run(new FolderSource(source, "en"), set, SETTINGS))
                .hasMessageStartingWith("nothing in the source could be used: 1 x the image cannot be read");
        assertThat(DataSettings.in(set)).isFalse();
    }

    @Test
    void shouldHoldOneOfThreeCaptionsOutOfTrainingAndNeverThePlainest() {
        Pixels pixels = new Pixels(1, 1, new byte[3]);
        CaptionedImage three = new CaptionedImage("k", pixels, Map.of("en", List.of("a", "b", "c")));
        CaptionedImage two = new CaptionedImage("k", pixels, Map.of("en", List.of("a", "b")));

        assertThat(three.heldOutCaption("en")).hasValueSatisfying(held -> {
            assertThat(held).isNotEqualTo("a");
            assertThat(three.trainingCaptions("en")).hasSize(2).contains("a").doesNotContain(held);
        });
        assertThat(two.heldOutCaption("en")).isEmpty();
        assertThat(two.trainingCaptions("en")).containsExactly("a", "b");
    }

    private DataSet read() {
        return ShardFiles.read(set, 32, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
    }

    private Map<String, Split> splits() {
        DataSet data = read();
        Map<String, Split> splits = new HashMap<>();
        data.images().forEach(image -> splits.put(image.key(), data.splitOf(image)));
        return splits;
    }

    private Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        try (Stream<Path> files = Files.list(set)) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private void image(String name, Color colour, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(colour);
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        Path file = source.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(source.resolve(name), content);
    }

    private DataOutputStream gzip(String name) throws IOException {
        OutputStream out = Files.newOutputStream(source.resolve(name));
        return new DataOutputStream(new GZIPOutputStream(out));
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] bytes) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }
}
