package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people put into caption files, as it comes from their editors and scripts. */
class CaptionParserTest {
    @TempDir
    Path folder;

    @Test
    void shouldDropAByteOrderMark() {
        assertThat(captions("txt", "\uFEFFred apple\r\n\uFEFFan apple\r\n")).containsExactly("red apple", "an apple");
        assertThat(captions("json", "\uFEFF{\"caption\": \"red apple\"}")).containsExactly("red apple");
    }

    @Test
    void shouldRefuseWhatIsNotUtf8NamingFileAndLine() {
        assertRefused(
                "txt", "rot\ngr\u00fcn", StandardCharsets.ISO_8859_1, "a.txt line 2: not UTF-8: byte 0xFC at column 3");
        assertRefused("txt", "\uFEFFrot", StandardCharsets.UTF_16LE, "a.txt is UTF-16, must be text in UTF-8");
        assertRefused("cls", "gr\u00fcn", StandardCharsets.ISO_8859_1, "a.cls line 1: not UTF-8");
        assertRefused("json", "{\"caption\": \"gr\u00fcn\"}", StandardCharsets.ISO_8859_1, "a.json line 1: not UTF-8");
    }

    @Test
    void shouldRefuseTwoThingsWhereOneIsWanted() {
        assertRefused(
                "json",
                "{\"caption\":\"a\"}\n{\"caption\":\"b\"}",
                "a.json line 2: something follows the JSON document");
        assertRefused(
                "json",
                "{\"caption\":\"a\",\n\"caption\":\"b\"}",
                "a.json line 2: malformed JSON in column 10: Duplicate");
        assertRefused("json", "[{\"caption\":\"a\"}]", "a JSON object is needed, found ARRAY");
        assertRefused("json", "", "a.json is empty, must be JSON");
        assertRefused("json", "{\"caption\":\"a\"", "a.json: malformed JSON: Unexpected end-of-input");
        assertRefused("json", "{\"caption\":\"a\\ud83d\"}", "a caption holds half a surrogate pair");
    }

    @Test
    void shouldLoseNothingToNotANumber() {
        assertThat(captions("json", "{\"score\": NaN, \"aesthetic\": [-Infinity, 1], \"caption\": \"red\"}"))
                .containsExactly("red");
        RawImage picture = picture("json", "{\"label\": NaN, \"split\": NaN, \"text\": NaN, \"caption\": \"red\"}");
        assertThat(picture.captions()).isEqualTo(Map.of("en", List.of("red")));
        assertThat(picture.label()).isNull();
        assertThat(picture.split()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "train,TRAIN",
        "Train,TRAIN",
        "TRAINING,TRAIN",
        "test,TEST",
        "TEST,TEST",
        "val,VALIDATION",
        "Val,VALIDATION",
        "validation,VALIDATION",
        "Validation,VALIDATION",
        "valid,VALIDATION",
        "dev,VALIDATION",
        "DEV,VALIDATION",
        "eval,TEST",
        "held-out,TEST",
        "' test ',TEST"
    })
    void shouldKnowTheSplitsOfOtherDataSets(String written, Split split) {
        assertThat(picture("json", "{\"caption\": \"a\", \"split\": \"" + written + "\"}")
                        .split())
                .isEqualTo(split);
    }

    @Test
    void shouldLeaveASplitThatIsNotGivenToThePixels() {
        for (String written : List.of("\"\"", "\" \"", "null", "NaN")) {
            assertThat(picture("json", "{\"caption\": \"a\", \"split\": " + written + "}")
                            .split())
                    .isNull();
        }
        assertThat(picture("json", "{\"caption\": \"a\", \"split\": \"extra\"}").split())
                .isNull();
    }

    @Test
    void shouldTakeSubjectStyleRoleAndSource() {
        RawImage picture = picture(
                "json",
                "{\"caption\": \"a\", \"subject\": 17, \"style\": \" flat \", \"role\": \"outline\", \"source\": \"ours\"}");

        assertThat(picture.attributes()).isEqualTo(new ImageAttributes(null, null, "17", "flat", "outline", "ours"));
        assertThat(picture("json", "{\"caption\": \"a\", \"subject\": \" \", \"style\": null, \"role\": NaN}")
                        .attributes())
                .isEqualTo(ImageAttributes.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"subject\": [1]|subject is [1], must be text or a number",
                "\"style\": {}|style is {}, must be text or a number",
                "\"role\": true|role is true, must be text or a number",
                "\"source\": \"a\\u0007b\"|source is 'a\u0007b', must have no control characters",
            })
    void shouldNameTheFieldAndTheValueThatItCannotHave(String field, String complaint) {
        CaptionParser captions = new CaptionParser("en");

        assertThatThrownBy(() -> captions.add(
                        "json", ("{\"caption\": \"a\", " + field + "}").getBytes(StandardCharsets.UTF_8), "a.json"))
                .isInstanceOf(DataException.class)
                .hasMessage(complaint);
    }

    @Test
    void shouldTakeASubjectOfTwoHundredCharactersAndNoLongerOne() {
        String longest = "\uD83D\uDE00".repeat(200);
        assertThat(picture("json", "{\"caption\": \"a\", \"subject\": \"" + longest + "\"}")
                        .attributes()
                        .subject())
                .isEqualTo(longest);

        assertThatThrownBy(() -> ImageAttributes.NONE.withSubject(longest + "x"))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("subject is '\uD83D\uDE00")
                .hasMessageEndingWith("' of 201 characters, must have at most 200");
    }

    @Test
    void shouldTakeAllOfADescriptionOrNothing() {
        CaptionParser captions = new CaptionParser("en");
        assertThatThrownBy(() -> captions.add(
                        "json",
                        "{\"caption\": \"a\", \"text\": 7, \"label\": \"b\"}".getBytes(StandardCharsets.UTF_8),
                        "a.json"))
                .isInstanceOf(DataException.class);

        RawImage picture = captions.describe("a", "a", new byte[0]);
        assertThat(picture.captions()).isEmpty();
        assertThat(picture.label()).isNull();
    }

    @Test
    void shouldKeepTheOtherLinesOfMetadataWithABadOne() throws IOException {
        for (String name : List.of("a", "b", "c", "d")) {
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            image.setRGB(0, 0, name.charAt(0) << 8);
            ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
        }
        ByteArrayOutputStream metadata = new ByteArrayOutputStream();
        metadata.writeBytes("\uFEFF{\"file_name\": \"a.png\", \"text\": \"one\"}\n".getBytes(StandardCharsets.UTF_8));
        metadata.writeBytes(
                "{\"file_name\": \"b.png\", \"text\": \"gr\u00fcn\"}\n".getBytes(StandardCharsets.ISO_8859_1));
        metadata.writeBytes(
                "{\"file_name\": \"c.png\", \"text\": \"x\", \"text\": \"y\"}\n".getBytes(StandardCharsets.UTF_8));
        metadata.writeBytes(
                "{\n\"file_name\": \"d.png\",\n\"text\": \"four\"\n}\nd.png,four\n".getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("metadata.jsonl"), metadata.toByteArray());

        List<String> taken = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        new FolderSource(folder, "en")
                .read(
                        picture -> taken.add(picture.key() + " " + picture.captions()),
                        (entry, reason, detail) -> skipped.add(entry + " " + detail));

        assertThat(taken).contains("a {en=[one]}", "d {en=[four]}");
        assertThat(skipped)
                .anySatisfy(line -> assertThat(line).contains("metadata.jsonl:2 not UTF-8: byte 0xFC"))
                .anySatisfy(
                        line -> assertThat(line).contains("metadata.jsonl:3 malformed JSON", "Duplicate field 'text'"))
                .anySatisfy(line -> assertThat(line).contains("metadata.jsonl:8 no JSON object: d.png,four"));
    }

    private static List<String> captions(String extension, String content) {
        return picture(extension, content).captions().get("en");
    }

    private static RawImage picture(String extension, String content) {
        return added(extension, content.getBytes(StandardCharsets.UTF_8)).describe("a", "a", new byte[0]);
    }

    private static CaptionParser added(String extension, byte[] content) {
        CaptionParser captions = new CaptionParser("en");
        captions.add(extension, content, "a." + extension);
        return captions;
    }

    private static void assertRefused(String extension, String content, String message) {
        assertRefused(extension, content, StandardCharsets.UTF_8, message);
    }

    private static void assertRefused(String extension, String content, Charset encoding, String message) {
        assertThatThrownBy(() -> added(extension, content.getBytes(encoding)))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("REDACTED");
    }
}
