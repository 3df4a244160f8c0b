package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.limner.generator.bundle.DataLicence;
import dev.limner.generator.image.Pixels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports into data sets of format 2, and into old ones. */
class SubjectImportTest {
    private static final DataSettings SETTINGS = DataSettings.of(32, 20, 20);

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
    void shouldTakeAttributesFromLinesTablesAndFilesBesideTheImages() throws IOException {
        for (int i = 0; i < 4; i++) {
            image("abcd".charAt(i) + ".png", i);
        }
        write("metadata.jsonl", """
                {"file_name": "a.png", "text": "one", "subject": "cat", "style": "ink", "role": "outline", "source": "ours"}
                {"file_name": "b.png", "text": "two", "subject": 7}
                {"file_name": "d.png", "text": "four", "style": ["ink"]}
                """);
        write("metadata.csv", "file_name,text,subject,style,role,source\nc.png,three,cat,oil,,theirs\n");
        write("b.json", "{\"text\": \"too\", \"style\": \"ink\"}");

        DataImport.Outcome outcome = run();

        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.MALFORMED, 1, SkippedEntries.Reason.NO_CAPTION, 1));
        assertThat(Files.readString(set.resolve("skipped.jsonl")))
                .contains("metadata.jsonl:3")
                .contains("style is [\\\"ink\\\"], must be text or a number");
        assertThat(read().images())
                .extracting(CaptionedImage::attributes)
                .containsExactly(
                        new ImageAttributes(null, null, "cat", "ink", "outline", "ours"),
                        new ImageAttributes(null, null, "7", "ink", null, null),
                        new ImageAttributes(null, null, "cat", "oil", null, "theirs"));
        assertThat(read().sources()).containsExactly(DataSource.unstated("ours"), DataSource.unstated("theirs"));
    }

    @Test
    void shouldRecordWhereImagesAreFrom() throws IOException {
        image("a.png", 1);
        image("b.png", 2);
        write("metadata.jsonl", """
                {"file_name": "a.png", "text": "one", "source": "ours"}
                {"file_name": "b.png", "text": "two"}
                """);
        write("sources.json", """
                [{"id": "ours", "name": "Our photos", "licence": "CC-BY-SA-4.0", "attribution": "us", "version": "3"},
                 {"id": "unused", "licence": "MIT"}]
                """);

        DataImport.run(
                new FolderSource(source, "en").by(DataSource.of("rest", "the rest", "CC0-1.0", null)), set, SETTINGS);

        assertThat(read().images()).extracting(CaptionedImage::source).containsExactly("ours", "rest");
        assertThat(read().sources())
                .containsExactly(
                        new DataSource("ours", "Our photos", "3", "CC-BY-SA-4.0", "us", null, true),
                        DataSource.of("rest", "the rest", "CC0-1.0", null));
    }

    @Test
    void shouldNameTheFileOfSourcesThatCannotBeRead() throws IOException {
        image("a.png", 1);
        write("a.txt", "one");
        write("sources.json", "[{\"id\": \"ours\"}]");

        assertThatThrownBy(this::run)
                .isInstanceOf(DataException.class)
                .hasMessage(source.resolve("sources.json") + ": licence is missing in the source {\"id\":\"ours\"}");
    }

    @Test
    void shouldKeepASourceWhoseTermsChangeBesideTheNewOne() throws IOException {
        for (int i = 0; i < 3; i++) {
            image("abc".charAt(i) + ".png", i);
            write("abc".charAt(i) + ".json", "{\"text\": \"x" + i + "\", \"source\": \"ours\"}");
            write(
                    "sources.json",
                    "[{\"id\": \"ours\", \"licence\": \"MIT\", \"version\": \"" + Math.min(i, 1) + "\"}]");
            run();
        }

        assertThat(read().images()).extracting(CaptionedImage::source).containsExactly("ours", "ours-2", "ours-2");
        assertThat(read().sources())
                .containsExactly(
                        new DataSource("ours", "ours", "0", "MIT", null, null, false),
                        new DataSource("ours-2", "ours", "1", "MIT", null, null, false));
    }

    @Test
    void shouldHaveALicenceForEachSourceThatIsTrainedOn() {
        DataSource ours = new DataSource("ours", "Ours", "1", "MIT", "us", null, false);
        DataSource other = DataSource.of("other", "Other", "CC-BY-4.0", "them");
        DataSource test = DataSource.of("test", "Test", "CC-BY-SA-4.0", null);
        DataSet data = new DataSet(
                "some",
                "0".repeat(64),
                32,
                SETTINGS.withSources(List.of(other, test, ours)),
                List.of(
                        captioned(
                                "a", ImageAttributes.NONE.withSplit(Split.TRAIN).withSource("ours")),
                        captioned(
                                "b", ImageAttributes.NONE.withSplit(Split.TRAIN).withSource("other")),
                        captioned(
                                "c", ImageAttributes.NONE.withSplit(Split.TEST).withSource("test")),
                        captioned("d", ImageAttributes.NONE.withSplit(Split.TRAIN))));

        assertThat(data.licences("en"))
                .containsExactly(
                        new DataLicence("Other", "CC-BY-4.0", "them"),
                        new DataLicence("Ours 1", "MIT", "us"),
                        new DataLicence("some", "NOASSERTION", null));
        assertThat(data.licences("zh")).isEmpty();
    }

    @Test
    void shouldHaveAllImagesOfASubjectInOneSplitOverImports() throws IOException {
        int number = 0;
        for (int batch = 0; batch < 3; batch++) {
            for (int subject = 0; subject < 20; subject++) {
                String name = "s" + subject + "-" + batch;
                image(name + ".png", number++);
                write(
                        name + ".json",
                        "{\"text\": \"it\", \"subject\": \"s" + subject + "\", \"style\": \"" + batch + "\"}");
            }
            Map<String, Split> before = batch == 0 ? Map.of() : splits();
            run();
            assertThat(splits()).containsAllEntriesOf(before);
        }

        DataSet data = read();
        Map<String, List<Split>> bySubject = data.images().stream()
                .collect(Collectors.groupingBy(
                        CaptionedImage::subject, Collectors.mapping(data::splitOf, Collectors.toList())));
        assertThat(bySubject).hasSize(20);
        assertThat(bySubject.values())
                .allSatisfy(splits -> assertThat(splits).hasSize(3).containsOnly(splits.get(0)))
                .anyMatch(splits -> splits.contains(Split.VALIDATION))
                .anyMatch(splits -> splits.contains(Split.TEST));
    }

    @Test
    void shouldHaveNearDuplicatesInOneSplitOverImports() throws IOException {
        for (int i = 0; i < 30; i++) {
            image("p" + i + ".png", i);
            write("p" + i + ".txt", "it");
        }
        run();
        Map<String, byte[]> before = files();
        for (int i = 0; i < 30; i++) {
            near("q" + i + ".png", i);
            write("q" + i + ".txt", "it again");
        }

        assertThat(run().added()).isEqualTo(30);

        assertThat(files()).containsAllEntriesOf(before);
        DataSet data = read();
        Map<String, CaptionedImage> byKey =
                data.images().stream().collect(Collectors.toMap(CaptionedImage::key, image -> image));
        for (int i = 0; i < 30; i++) {
            assertThat(byKey.get("q" + i).subject()).isEqualTo("p" + i);
            assertThat(data.splitOf(byKey.get("q" + i))).isEqualTo(data.splitOf(byKey.get("p" + i)));
        }
        assertThat(splits().values()).contains(Split.TRAIN, Split.VALIDATION, Split.TEST);
        Map<String, byte[]> whole = files();
        assertThat(run().added()).isZero();
        assertThat(files()).containsExactlyInAnyOrderEntriesOf(whole);
    }

    @Test
    void shouldLeaveOutWhatIsNearTwoSplitsAndSaySo() throws IOException {
        flat("a.png", 100);
        flat("b.png", 120);
        flat("c.png", 110);
        write("a.json", "{\"text\": \"a\", \"split\": \"test\"}");
        write("b.json", "{\"text\": \"b\", \"split\": \"val\"}");
        write("c.txt", "c");

        assertThat(run().skipped()).isEqualTo(Map.of(SkippedEntries.Reason.BETWEEN_SPLITS, 1));

        assertThat(Files.readString(set.resolve("skipped.jsonl")))
                .isEqualTo(
                        "{\"entry\":\"c.png\",\"code\":\"between-splits\",\"reason\":\"it looks nearly like images of two"
                                + " splits\",\"detail\":\"a is in test, and b is in validation\"}\n");
        assertThat(read().images()).extracting(CaptionedImage::key).containsExactly("a", "b");
        assertThat(run().skipped()).isEqualTo(Map.of(SkippedEntries.Reason.BETWEEN_SPLITS, 1));
    }

    @Test
    void shouldRemarkOnASplitThatItsSubjectOverrules() throws IOException {
        image("a.png", 1);
        image("b.png", 2);
        write("a.json", "{\"text\": \"a\", \"subject\": \"cat\", \"split\": \"test\"}");
        write("b.json", "{\"text\": \"b\", \"subject\": \"cat\", \"split\": \"train\"}");

        assertThat(run().remarks()).isEqualTo(Map.of(SkippedEntries.Remark.SPLIT_OF_SUBJECT, 1));

        assertThat(splits()).isEqualTo(Map.of("a", Split.TEST, "b", Split.TEST));
        assertThat(Files.readString(set.resolve("remarks.jsonl")))
                .contains("its split is 'train', its subject 'cat' is in test");
    }

    /** One image under two names: what is said of a subject that is held out is not learned of its twin. */
    @Test
    void shouldNotTakeCaptionsOfASubjectThatIsInAnotherSplit() throws IOException {
        image("a.png", 1);
        image("b.png", 2);
        image("c.png", 1);
        image("d.png", 1);
        write("a.json", "{\"text\": \"of a\", \"subject\": \"s1\", \"split\": \"train\"}");
        write("b.json", "{\"text\": \"of b\", \"subject\": \"s2\", \"split\": \"test\"}");
        write("c.json", "{\"text\": \"of c\", \"subject\": \"s2\"}");
        write("d.json", "{\"text\": \"of d\", \"subject\": \"s3\"}");

        run();

        assertThat(read().images())
                .extracting(image -> image.captionsIn("en"))
                .containsExactly(List.of("of a", "of d"), List.of("of b"));
        assertThat(Files.readString(set.resolve("skipped.jsonl")))
                .contains("of a, whose split is train; of the subject 's2' there are images in test");
    }

    @Test
    void shouldKeepAttributesFromOneDataSetToAnother() throws IOException {
        image("a.png", 1);
        image("b.png", 2);
        write(
                "a.json",
                "{\"text\": \"a\", \"subject\": \"cat\", \"style\": \"ink\", \"split\": \"test\", \"source\": \"ours\"}");
        write("b.txt", "b");
        write("sources.json", "[{\"id\": \"ours\", \"licence\": \"MIT\"}]");
        run();
        Path other = folder.resolve("other");

        DataImport.run(new ShardSource(set, "en"), other, SETTINGS);

        DataSet copy = ShardFiles.read(other, 32, SubjectImportTest::fail);
        assertThat(copy.images())
                .extracting(CaptionedImage::attributes)
                .isEqualTo(
                        read().images().stream().map(CaptionedImage::attributes).toList());
        assertThat(copy.sources()).isEqualTo(read().sources());
    }

    @Test
    void shouldImportShardsBesideAnotherKindOfDatasetJson() throws IOException {
        Files.writeString(source.resolve("dataset.json"), "{\"format\": \"parquet\"}");
        ShardFiles.write(source.resolve("0.tar.gz"), List.of(captioned("a", ImageAttributes.NONE)));

        assertThat(DataImport.run(new ShardSource(source, "en"), set, SETTINGS).added())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64, 128})
    void shouldSplitTheSameAtAnySide(int side) throws IOException {
        for (int i = 0; i < 30; i++) {
            image("p" + i + ".png", i);
            write("p" + i + ".txt", "it");
        }
        run();

        DataSet other = ShardFiles.read(set, side, SubjectImportTest::fail);

        Map<String, Split> splits = new HashMap<>();
        other.images().forEach(image -> splits.put(image.key(), other.splitOf(image)));
        assertThat(splits).isEqualTo(splits());
        assertThat(other.digest()).isEqualTo(read().digest());
    }

    @Test
    void shouldChooseByValidationWhereThereIsSome() {
        DataSet both = new DataSet(
                "some",
                "0".repeat(64),
                32,
                SETTINGS,
                List.of(
                        captioned("a", ImageAttributes.NONE.withSplit(Split.VALIDATION)),
                        captioned("b", ImageAttributes.NONE.withSplit(Split.TEST))));
        DataSet test =
                new DataSet("some", "0".repeat(64), 32, SETTINGS, both.images().subList(1, 2));

        assertThat(both.choosingSplit("en")).isEqualTo(Split.VALIDATION);
        assertThat(both.choosing("en")).extracting(CaptionedImage::key).containsExactly("a");
        assertThat(test.choosingSplit("en")).isEqualTo(Split.TEST);
        assertThat(test.choosing("en")).extracting(CaptionedImage::key).containsExactly("b");
        assertThat(both.choosingSplit("zh")).isEqualTo(Split.TEST);
    }

    @Test
    void shouldReadTheShippedEmojiAsEver() throws IOException {
        DataSet emoji = ShardFiles.read(Path.of("../data/emoji"), 64, SubjectImportTest::fail);

        assertThat(emoji.settings()).isEqualTo(DataSettings.ofPixels(64, 20));
        // The shipped judges and models were trained on it.
        assertThat(Files.readString(Path.of("../data/emoji/judges-en-v1/judges.json")))
                .contains(emoji.digest());
        assertThat(emoji.images())
                .allSatisfy(image -> assertThat(emoji.splitOf(image)).isEqualTo(Split.of(image.pixels(), 20)));
        assertThat(emoji.images(Split.TRAIN, "en")).hasSize(1486);
        assertThat(emoji.images(Split.VALIDATION, "en")).isEmpty();
        assertThat(emoji.images(Split.TEST, "en")).hasSize(411);
        assertThat(emoji.choosingSplit("en")).isEqualTo(Split.TEST);
        assertThat(emoji.licences("en")).containsExactly(new DataLicence("emoji", "NOASSERTION", null));
    }

    /** Of what a line says twice an import writes one, so the shards differ in that. */
    @Test
    void shouldImportTheShippedEmojiAsEver() {
        Path shipped = Path.of("../data/emoji");
        Path again = folder.resolve("emoji");

        DataImport.run(new ShardSource(shipped, "en"), again, DataSettings.ofPixels(64, 20));

        assertThat(again.resolve("dataset.json")).hasSameBinaryContentAs(shipped.resolve("dataset.json"));
        DataSet before = ShardFiles.read(shipped, 64, SubjectImportTest::fail);
        DataSet after = ShardFiles.read(again, 64, SubjectImportTest::fail);
        assertThat(after.images())
                .extracting(CaptionedImage::key, CaptionedImage::captions, CaptionedImage::attributes, after::splitOf)
                .containsExactlyElementsOf(before.images().stream()
                        .map(image -> tuple(image.key(), image.captions(), ImageAttributes.NONE, before.splitOf(image)))
                        .toList());
    }

    @Test
    void shouldLeaveADataSetOfFormat1OneOfFormat1() throws IOException {
        DataSettings old = DataSettings.ofPixels(32, 30);
        for (int i = 0; i < 30; i++) {
            image("p" + i + ".png", i);
            write("p" + i + ".json", "{\"text\": \"it\", \"split\": \"" + (i == 0 ? "val" : "") + "\"}");
        }
        DataImport.run(new FolderSource(source, "en"), set, old);
        Map<String, byte[]> before = files();
        Map<String, Split> splits = splits();
        assertThat(splits.values()).containsOnly(Split.TRAIN, Split.TEST);
        assertThat(splits).containsEntry("p0", Split.TEST);
        assertThat(read().images())
                .extracting(image -> image.attributes().subject())
                .as("nothing is written that releases before did not write")
                .containsOnlyNulls();

        DataImport.run(new FolderSource(source, "en"), set, old);
        assertThat(files()).containsExactlyInAnyOrderEntriesOf(before);

        for (int i = 0; i < 30; i++) {
            near("q" + i + ".png", i);
            write("q" + i + ".json", "{\"text\": \"it\", \"subject\": \"s" + i % 3 + "\", \"source\": \"ours\"}");
        }
        DataImport.run(new FolderSource(source, "en"), set, old);

        DataSet data = read();
        assertThat(data.settings()).isEqualTo(old.withSources(List.of(DataSource.unstated("ours"))));
        assertThat(splits()).containsAllEntriesOf(splits).hasSize(60);
        assertThat(data.images())
                .allSatisfy(image -> assertThat(data.splitOf(image))
                        .isEqualTo(image.key().equals("p0") ? Split.TEST : Split.of(image.pixels(), 30)));
        assertThatThrownBy(() -> DataImport.run(new FolderSource(source, "en"), set, DataSettings.of(32, 10, 20)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "has side 32 and 30 percent held out, asked for side 32 and 10 percent for validation,"
                                + " 20 for testing");
    }

    private DataImport.Outcome run() {
        return DataImport.run(new FolderSource(source, "en"), set, SETTINGS);
    }

    private DataSet read() {
        return ShardFiles.read(set, 32, SubjectImportTest::fail);
    }

    private static void fail(String entry, SkippedEntries.Reason reason, String detail) {
        throw new AssertionError(entry + reason + detail);
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
            for (Path file :
                    files.filter(one -> !one.toString().endsWith(".jsonl")).toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    private static CaptionedImage captioned(String key, ImageAttributes attributes) {
        return new CaptionedImage(key, pixels(key.hashCode(), 0), Map.of("en", List.of(key)), attributes);
    }

    private void image(String name, int number) throws IOException {
        png(name, pixels(number, 0));
    }

    /** Nearly the same as {@link #image} of that number. */
    private void near(String name, int number) throws IOException {
        png(name, pixels(number, 4));
    }

    private void flat(String name, int level) throws IOException {
        byte[] rgb = new byte[3 * 32 * 32];
        Arrays.fill(rgb, (byte) level);
        png(name, new Pixels(32, 32, rgb));
    }

    /** Squares of random colours, all of them lighter by some. */
    private static Pixels pixels(int number, int lighter) {
        int[] levels = new SplittableRandom(number).ints(48, 20, 236).toArray();
        byte[] rgb = new byte[3 * 32 * 32];
        IntStream.range(0, rgb.length)
                .forEach(
                        at -> rgb[at] = (byte) (levels[at / 3 / 32 / 8 * 12 + at / 3 % 32 / 8 * 3 + at % 3] + lighter));
        return new Pixels(32, 32, rgb);
    }

    private void png(String name, Pixels pixels) throws IOException {
        Files.write(source.resolve(name), ImageDecoder.toPng(pixels.toImage()));
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(source.resolve(name), text);
    }
}
