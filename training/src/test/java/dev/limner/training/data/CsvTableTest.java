package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables of captions as spreadsheets and people write them. */
class CsvTableTest {
    @TempDir
    Path folder;

    private final Map<String, List<String>> captions = new TreeMap<>();
    private final Map<String, String> skipped = new TreeMap<>();

    @BeforeEach
    void prepare() throws IOException {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            Files.write(folder.resolve(name + ".png"), new byte[] {1});
        }
    }

    @Test
    void shouldListARowWithMoreFieldsThanColumnsRatherThanCutIt() throws IOException {
        read("""
                file_name,text,split
                a.png,red apple, green leaf, and more
                b.png,fine,train,,
                c.png,short
                """);

        assertThat(captions).isEqualTo(Map.of("b.png", List.of("fine"), "c.png", List.of("short")));
        assertThat(skipped)
                .isEqualTo(Map.of(
                        "metadata.csv:2",
                        "it has 4 fields for 3 columns: a text that holds what parts the fields stands in quotes"));
    }

    @Test
    void shouldLoseARowToAStrayQuoteAndNoMore() throws IOException {
        read("""
                file_name,text
                a.png,"x"y
                b.png,5" disk
                c.png,"unclosed
                d.png,fine
                e.png,"two
                lines"
                """);

        assertThat(captions)
                .isEqualTo(
                        Map.of("b.png", List.of("5\" disk"), "d.png", List.of("fine"), "e.png", List.of("two lines")));
        assertThat(skipped)
                .isEqualTo(Map.of(
                        "metadata.csv:2", "a quote stands in the wrong place",
                        "metadata.csv:4", "a quote is opened and not closed"));
    }

    @Test
    void shouldNotLookForTheEndOfAQuoteFurtherThanTextsGo() throws IOException {
        StringBuilder table = new StringBuilder("file_name,text\n");
        IntStream.range(0, 3000).forEach(row -> table.append("a.png,\"never closed\n"));

        read(table.append("b.png,fine\n").toString());

        assertThat(captions).containsOnlyKeys("b.png");
        assertThat(skipped).hasSize(3000);
    }

    @Test
    void shouldRefuseColumnsOfOneName() throws IOException {
        read("text,Text,file_name\na1,a2,a.png\n");

        assertThat(captions).isEmpty();
        assertThat(skipped).isEqualTo(Map.of("metadata.csv", "it has two columns called text"));
    }

    @Test
    void shouldReadATableAsAnyOtherText() throws IOException {
        read("file_name,text\na.png,one\n", StandardCharsets.UTF_16, "metadata.csv");
        assertThat(skipped).isEqualTo(Map.of("metadata.csv", "metadata.csv is UTF-16, must be text in UTF-8"));

        read("\n\n\uFEFFfile_name,text\ra.png,one\rb.png,nul\0byte\r");
        assertThat(captions).isEqualTo(Map.of("a.png", List.of("one")));
        assertThat(skipped).isEqualTo(Map.of("metadata.csv:5", "a NUL character at column 10"));

        read("file_name,text\na.png,caf\u00e9\nb.png,two\n", StandardCharsets.ISO_8859_1, "metadata.csv");
        assertThat(captions).isEqualTo(Map.of("b.png", List.of("two")));
        assertThat(skipped).isEqualTo(Map.of("metadata.csv:2", "not UTF-8: byte 0xE9 at column 10"));

        read("sep=;\r\nfile_name;text\r\na.png;one, two\r\n");
        assertThat(captions).isEqualTo(Map.of("a.png", List.of("one, two")));

        read("\n \n");
        assertThat(skipped).isEqualTo(Map.of("metadata.csv", "it is empty"));
    }

    @Test
    void shouldReadATableUnderNeighbouringNames() throws IOException {
        read("file_name\ttext\na.png\tone, two\n", StandardCharsets.UTF_8, "metadata.tsv");
        assertThat(captions).isEqualTo(Map.of("a.png", List.of("one, two")));
        Files.delete(folder.resolve("metadata.tsv"));

        read("file_name,text\nb.png,two\n", StandardCharsets.UTF_8, "Metadata.CSV");
        assertThat(captions).isEqualTo(Map.of("b.png", List.of("two")));
        assertThat(skipped).isEmpty();
    }

    @Test
    void shouldNotReadAListThatIsTooLongToHold() throws IOException {
        try (FileChannel channel = FileChannel.open(
                folder.resolve("metadata.jsonl"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(new byte[1]), 1L << 30);
        }

        read("file_name,text\na.png,one\n");

        assertThat(captions).isEqualTo(Map.of("a.png", List.of("one")));
        assertThat(skipped).isEqualTo(Map.of("metadata.jsonl", "it has 1073741825 bytes, at most 1073741824: part it"));
    }

    private void read(String table) throws IOException {
        read(table, StandardCharsets.UTF_8, "metadata.csv");
    }

    private void read(String table, Charset charset, String name) throws IOException {
        Files.write(folder.resolve(name), table.getBytes(charset));
        captions.clear();
        skipped.clear();
        new FolderSource(folder, "en")
                .read(
                        image -> {
                            if (!image.captions().isEmpty()) {
                                captions.put(image.place(), image.captions().get("en"));
                            }
                        },
                        (entry, reason, detail) -> skipped.put(entry, detail));
    }
}
