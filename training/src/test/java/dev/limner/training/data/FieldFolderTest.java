package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.image.Pixels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as people have them. */
class FieldFolderTest {
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
    void shouldFollowLinksToFoldersAndFilesAndNameThoseThatLeadNowhere() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
        write(elsewhere.resolve("b.png"), image(2));
        write(elsewhere.resolve("b.txt"), "two");
        write(elsewhere.resolve("single.png"), image(3));
        write("a.png", image(1));
        write("a.txt", "one");
        write("c.txt", "three");
        Files.createSymbolicLink(source.resolve("linked"), elsewhere);
        Files.createSymbolicLink(source.resolve("c.png"), elsewhere.resolve("single.png"));
        Files.createSymbolicLink(source.resolve("gone.png"), folder.resolve("nothing.png"));
        Files.createSymbolicLink(source.resolve("self"), source.resolve("self"));
        Files.createSymbolicLink(elsewhere.resolve("up"), source);
        Path link = Files.createSymbolicLink(folder.resolve("link"), source);

        DataImport.Outcome outcome = run(link);

        assertThat(keys()).containsExactly("a", "c", "linked_b");
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.BROKEN_LINK, 3, SkippedEntries.Reason.NO_CAPTION, 1));
        assertThat(report())
                .contains(
                        "{\"entry\":\"gone.png\",\"reason\":\"the link leads nowhere or in a circle\",\"detail\":\"to "
                                + folder.resolve("nothing.png") + "\"}",
                        "{\"entry\":\"linked/single.png\",\"reason\":\"there is no caption\"}")
                .anySatisfy(line -> assertThat(line).contains("linked/up").contains("in a circle, to " + source));
    }

    @Test
    void shouldReadListsInSubfoldersHoweverTheyWriteTheNames() throws IOException {
        write("train/a.png", image(1));
        write("test/a.png", image(2));
        write("test/sub/b.png", image(3));
        write("cafe\u0301.png", image(4));
        write("caf\u00e9 2.png", image(5));
        write("IMG_6.PNG", image(6));
        write("other/g.png", image(7));
        write("back\\slash.png", image(8));
        write("train/metadata.jsonl", "{\"file_name\": \"./a.png\", \"text\": \"one\"}");
        write("test/metadata.jsonl", """
                {"file_name": "a.png", "text": "two"}
                {"file_name": "sub\\\\b.png", "text": "three"}
                {"file_name": "../other/g.png", "text": "seven"}
                {"file_name": "../../outside.png", "text": "no"}
                """);
        write("metadata.jsonl", """
                {"file_name": "caf\u00e9.png", "text": "four"}
                {"file_name": "cafe\u0301 2.png", "text": "five"}
                {"file_name": "img_6.png", "text": "six"}
                {"file_name": "%s", "text": "seven again"}
                {"file_name": "back\\\\slash.png", "text": "eight"}
                """.formatted(source.resolve("other/g.png").toAbsolutePath()));

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "train_a", List.of("one"),
                        "test_a", List.of("two"),
                        "test_sub_b", List.of("three"),
                        "cafe\u0301", List.of("four"),
                        "caf\u00e9 2", List.of("five"),
                        "IMG_6", List.of("six"),
                        "other_g", List.of("seven again", "seven"),
                        "back_slash", List.of("eight")));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.NO_PICTURE, 1));
        assertThat(report())
                .singleElement()
                .asString()
                .contains("../../outside.png")
                .contains("test/metadata.jsonl:4");
        assertThat(withoutCodes(set.resolve("remarks.jsonl")))
                .containsExactly("{\"entry\":\"IMG_6.PNG\",\"remark\":\"its name is written differently in the list\","
                        + "\"detail\":\"metadata.jsonl:3 has img_6.png\"}");
    }

    @Test
    void shouldNotGuessBetweenTwoFiles() throws IOException {
        write("a.png", image(1));
        write("A.png", image(2));
        write("ok.png", image(3));
        write("ok.txt", "fine");
        write("metadata.jsonl", "{\"file_name\": \"a.PNG\", \"text\": \"which\"}");

        DataImport.Outcome outcome = run(source);

        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.NO_PICTURE, 1, SkippedEntries.Reason.NO_CAPTION, 2));
    }

    @Test
    void shouldReadTablesOfCaptions() throws IOException {
        for (int i = 1; i <= 6; i++) {
            write("comma/" + i + ".png", image(i));
        }
        write("comma/metadata.csv", """
                file_name,text,label,width
                1.png,"red, round",fruit,32
                2.png,"says ""hello\"\"\",,
                3.png,"two
                lines",,
                4.png,,,
                nowhere.png,gone,,
                5.png,bad ä byte,,
                """.getBytes(StandardCharsets.ISO_8859_1));
        write("semicolon/7.png", image(7));
        write("semicolon/metadata.csv", "\uFEFFFile_Name;Text\r\n7.png;from a spreadsheet, in Europe\r\n");
        write("tab/8.png", image(8));
        write("tab/metadata.csv", "file_name\ttext\n8.png\ttabs\n");
        write("bad/metadata.csv", "image,caption\na.png,what\n");

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "comma_1", List.of("red, round"),
                        "comma_2", List.of("says \"hello\""),
                        "comma_3", List.of("two lines"),
                        "semicolon_7", List.of("from a spreadsheet, in Europe"),
                        "tab_8", List.of("tabs")));
        assertThat(data().images().get(0).label()).isEqualTo("fruit");
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(
                        SkippedEntries.Reason.NO_CAPTION,
                        3,
                        SkippedEntries.Reason.NO_PICTURE,
                        1,
                        SkippedEntries.Reason.MALFORMED,
                        2));
        assertThat(report())
                .contains(
                        "{\"entry\":\"bad/metadata.csv\",\"reason\":\"the description cannot be read\","
                                + "\"detail\":\"it has no column file_name, only image,caption\"}",
                        "{\"entry\":\"comma/metadata.csv:8\",\"reason\":\"the description cannot be read\","
                                + "\"detail\":\"not UTF-8: byte 0xE4 at column 11\"}");
    }

    @Test
    void shouldKnowAnImageByItsBytesWhateverItIsCalled() throws IOException {
        write("noext", image(1));
        write("noext.txt", "no extension");
        write("b.photo", image(2));
        write("b.txt", "another extension");
        write("c.original", image(3));
        write("heic", new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p', 'h', 'e', 'i', 'c', 0, 0, 0, 0});
        write("heic.txt", "not read");
        write("notes", "BM is how a bitmap begins, and this line");
        write("Makefile", "all:");
        write("empty", new byte[0]);
        write("metadata.jsonl", "{\"file_name\": \"c.original\", \"text\": \"in a list\"}");

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "noext",
                        List.of("no extension"),
                        "b",
                        List.of("another extension"),
                        "c",
                        List.of("in a list")));
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.UNSUPPORTED, 1, SkippedEntries.Reason.UNKNOWN_FILE, 3));
    }

    @Test
    void shouldUseAnImageWhoseSplitIsNotKnownAndSaySo() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            write(name + ".png", image(name.charAt(0)));
        }
        write("metadata.jsonl", """
                {"file_name": "a.png", "text": "one", "split": "bogus"}
                {"file_name": "b.png", "text": "two", "split": "val"}
                {"file_name": "c.png", "text": "three", "caption": 7, "split": "train"}
                {"file_name": "c.png", "text": "three again"}
                """);

        DataImport.Outcome outcome = run(source);

        // Of a line that is left out nothing is used.
        assertThat(captions()).isEqualTo(Map.of("a", List.of("one"), "b", List.of("two"), "c", List.of("three again")));
        assertThat(data().images()).extracting(CaptionedImage::split).containsExactly(null, Split.TEST, null);
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.MALFORMED, 1));
        assertThat(outcome.remarks()).isEqualTo(Map.of(SkippedEntries.Remark.SPLIT_UNKNOWN, 1));
        assertThat(withoutCodes(set.resolve("remarks.jsonl")))
                .singleElement()
                .asString()
                .contains("\"entry\":\"a.png\"")
                .contains(
                        "split is 'bogus', known are train (training), validation (dev, development, val, valid), test (");
    }

    @Test
    void shouldSayOfCaptionsThatNoJobMayHave() throws IOException {
        String longOne = "word ".repeat(1000).strip();
        write("a.png", image(1));
        write("a.txt", "K\uFFFDse\ncheese");
        write("b.png", image(2));
        write("b.txt", "K\uFFFDse");
        write("c.png", image(3));
        write("c.txt", longOne);
        write("d.png", image(4));
        write("d.txt", "\ud83c\udf4e".repeat(1000));

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "a", List.of("cheese"), "c", List.of(longOne), "d", List.of("\ud83c\udf4e".repeat(1000))));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.NO_CAPTION, 1));
        assertThat(outcome.remarks())
                .isEqualTo(Map.of(SkippedEntries.Remark.CAPTION_DAMAGED, 1, SkippedEntries.Remark.CAPTION_LONG, 1));
        assertThat(report()).singleElement().asString().contains("but with U+FFFD");
        assertThat(withoutCodes(set.resolve("remarks.jsonl")))
                .anySatisfy(line -> assertThat(line).contains("4999 characters, a job's has at most 1000"));
    }

    @Test
    void shouldTakeTheDescriptionsOfOtherTools() throws IOException {
        write("a.png", image(1));
        write("a.caption", "by a tagger");
        write("b.png", image(2));
        write("b.png.txt", "after the whole name");
        write("C.PNG", image(3));
        write("C.TXT", "shouted");
        write("e\u0301.png", image(4));
        write("\u00e9.txt", "another form of the letter");
        write("README.txt", "about these images");
        write("train.parquet", "PAR1");
        write("._a.png", new byte[] {0, 5, 0x16, 7});

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "a", List.of("by a tagger"),
                        "b", List.of("after the whole name"),
                        "C", List.of("shouted"),
                        "e\u0301", List.of("another form of the letter")));
        assertThat(outcome.skipped())
                .isEqualTo(Map.of(SkippedEntries.Reason.NO_PICTURE, 1, SkippedEntries.Reason.UNKNOWN_FILE, 2));
        assertThat(report())
                .contains(
                        "{\"entry\":\"README.txt\",\"reason\":\"there is no image\",\"detail\":\"beside it\"}",
                        "{\"entry\":\"train.parquet\",\"reason\":\"neither an image nor a caption file\","
                                + "\"detail\":\"write its captions as metadata.jsonl or metadata.csv\"}");
    }

    @Test
    void shouldLeaveAFaultToTheEntryItBelongsTo() throws IOException {
        write("a.png", image(1));
        write("b.png", image(2));
        write("c.png", image(3));
        write("c.txt", "caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
        write("d.png", image(4));
        write("d.txt", "whole");
        String lines =
                "{\"file_name\": \"a.png\", \"text\": \"one\"}\n{\"file_name\": \"b.png\", \"text\": \"caf\u00e9\"}\n"
                        + "{\"file_name\": \"b.png\", \"text\": \"two\"}";
        write("metadata.jsonl", lines.getBytes(StandardCharsets.ISO_8859_1));
        String long34 = "红苹果绿苹果".repeat(6).substring(0, 34);
        write(long34 + ".png", image(5));
        write(long34 + ".txt", "a long name");

        DataImport.Outcome outcome = run(source);

        assertThat(captions())
                .isEqualTo(Map.of(
                        "a",
                        List.of("one"),
                        "b",
                        List.of("two"),
                        "d",
                        List.of("whole"),
                        long34,
                        List.of("a long name")));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.MALFORMED, 2));
        assertThat(report())
                .containsExactlyInAnyOrder(
                        "{\"entry\":\"metadata.jsonl:2\",\"reason\":\"the description cannot be read\","
                                + "\"detail\":\"not UTF-8: byte 0xE9 at column 36\"}",
                        "{\"entry\":\"c.png\",\"reason\":\"the description cannot be read\",\"detail\":\"c.txt line 1: not"
                                + " UTF-8: byte 0xE9 at column 4\"}");
    }

    @Test
    void shouldLeaveOutACaptionThatIsNoText() throws IOException {
        write("a.png", image(1));
        write("a.json", "{\"text\": \"half \\ud83c\"}");
        write("b.png", image(2));
        write("b.json", "{\"caption\": [true, \"\\ud83c\"]}");
        write("ok.png", image(3));
        write("ok.json", "{\"text\": \"whole \\ud83c\\udf4e\"}");

        DataImport.Outcome outcome = run(source);

        assertThat(captions()).isEqualTo(Map.of("ok", List.of("whole \ud83c\udf4e")));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.MALFORMED, 2));
        assertThat(report())
                .contains("{\"entry\":\"a.png\",\"reason\":\"the description cannot be read\","
                        + "\"detail\":\"a caption holds half a surrogate pair, which is no character\"}");
    }

    @Test
    void shouldKeepImagesThatShareAName() throws IOException {
        write("x/a.png", image(1));
        write("x/a.txt", "in a folder");
        write("x_a.png", image(2));
        write("x_a.txt", "beside it");
        write("b.png", image(3));
        write("b.jpg.gif", image(4));
        write("b.gif", image(4));
        write("b.txt", "two formats");
        write(".png", image(5));
        write(".txt", "nameless");

        DataImport.Outcome outcome = run(source);

        assertThat(captions().values())
                .containsExactlyInAnyOrder(
                        List.of("in a folder"),
                        List.of("beside it"),
                        List.of("two formats"),
                        List.of("two formats"),
                        List.of("nameless"));
        assertThat(keys()).contains("x_a", "b").allMatch(key -> key.matches("(x_a|b)(-[0-9a-f]{8})?|[0-9a-f]{8}"));
        assertThat(outcome.skipped()).isEqualTo(Map.of(SkippedEntries.Reason.NO_CAPTION, 1));
        assertThat(outcome.remarks()).isEqualTo(Map.of(SkippedEntries.Remark.RENAMED, 3));

        DataImport.Outcome again = run(source);

        assertThat(again.added()).isZero();
        assertThat(again.present()).isEqualTo(5);
        assertThat(again.skipped()).isEqualTo(outcome.skipped());
    }

    @Test
    void shouldKeepBothCardsOfACamera() throws IOException {
        for (String card : List.of("A", "B")) {
            for (int i = 0; i < 3; i++) {
                Path file = folder.resolve(card).resolve("IMG_000" + i + ".png");
                write(file, image(10 * card.charAt(0) + i));
                write(file.resolveSibling("IMG_000" + i + ".txt"), card + i);
            }
        }

        run(folder.resolve("A"));
        DataImport.Outcome second = run(folder.resolve("B"));
        DataImport.Outcome again = run(folder.resolve("B"));

        assertThat(second.added()).isEqualTo(3);
        assertThat(second.skipped()).isEmpty();
        assertThat(again.present()).isEqualTo(3);
        assertThat(captions().values())
                .containsExactlyInAnyOrder(
                        List.of("A0"), List.of("A1"), List.of("A2"), List.of("B0"), List.of("B1"), List.of("B2"));
    }

    @Test
    void shouldCallTheSameImageTheSameOnlyIfItIs() throws IOException {
        write("a.png", image(1));
        write("a.txt", "one");
        write("sub/a.png", image(1));
        write("sub/a.txt", "one more");

        DataImport.Outcome outcome = run(source);

        assertThat(outcome.added()).isEqualTo(1);
        assertThat(outcome.present()).isZero();
        assertThat(report())
                .containsExactly("{\"entry\":\"sub/a.png\",\"reason\":\"the same image is already there\","
                        + "\"detail\":\"of a, which gets its captions\"}");
    }

    @Test
    void shouldWriteWhatWasLeftOutHoweverTheImportEnds() throws IOException {
        write("a.avif", new byte[] {0, 0, 0, 28, 'f', 't', 'y', 'p', 'a', 'v', 'i', 'f', 0, 0, 0, 0});
        write("a.txt", "modern");

        assertThatThrownBy(() -> run(source))
                .hasMessageStartingWith(
                        "nothing in the source could be used: 1 x the image has a format that is not read");
        assertThat(report())
                .containsExactly("{\"entry\":\"a.avif\",\"reason\":\"the image has a format that is not read\","
                        + "\"detail\":\"AVIF; read are PNG, JPEG, WebP, TIFF, GIF and BMP\"}");

        RawImage.Source breaking = (receiver, skipped) -> {
            skipped.skip("x", SkippedEntries.Reason.NO_PICTURE, "");
            throw new DataException("the cable was pulled");
        };
        assertThatThrownBy(() -> DataImport.run(breaking, set, SETTINGS)).hasMessage("the cable was pulled");
        assertThat(report()).containsExactly("{\"entry\":\"x\",\"reason\":\"there is no image\"}");
    }

    private DataImport.Outcome run(Path from) {
        return DataImport.run(new FolderSource(from, "en"), set, SETTINGS);
    }

    private DataSet data() {
        return ShardFiles.read(set, 32, (entry, reason, detail) -> {
            throw new AssertionError(entry + reason + detail);
        });
    }

    private List<String> keys() {
        return data().images().stream().map(CaptionedImage::key).toList();
    }

    private Map<String, List<String>> captions() {
        return data().images().stream()
                .collect(java.util.stream.Collectors.toMap(CaptionedImage::key, image -> image.captionsIn("en")));
    }

    private List<String> report() throws IOException {
        return withoutCodes(set.resolve("skipped.jsonl"));
    }

    /** A plain image, of another grey or colour for each number. */
    static byte[] image(int number) throws IOException {
        byte[] rgb = new byte[3 * 32 * 32];
        Arrays.fill(rgb, (byte) (number * 7));
        rgb[0] = (byte) number;
        rgb[1] = (byte) (number >> 8);
        return ImageDecoder.toPng(new Pixels(32, 32, rgb).toImage());
    }

    private void write(String name, String content) throws IOException {
        write(source.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private void write(String name, byte[] content) throws IOException {
        write(source.resolve(name), content);
    }

    private static void write(Path file, String content) throws IOException {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, content);
    }

    /** The lines of a report in words; their codes have a test of their own. */
    private static List<String> withoutCodes(Path report) throws IOException {
        return Files.readAllLines(report).stream()
                .map(line -> line.replaceFirst("\"code\":\"[a-z-]+\",", ""))
                .toList();
    }
}
