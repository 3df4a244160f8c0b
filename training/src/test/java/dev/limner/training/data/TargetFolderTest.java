package dev.limner.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.protocol.Digests;
import dev.limner.protocol.process.FolderInUseException;
import dev.limner.protocol.process.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may be in the folder that an import writes to, and who. */
class TargetFolderTest {
    private static final DataSettings SETTINGS = DataSettings.ofPixels(32, 20);

    @TempDir
    Path folder;

    private Path source;
    private Path set;

    @BeforeEach
    void prepare() throws IOException {
        source = Files.createDirectories(folder.resolve("pictures"));
        set = folder.resolve("set");
        image(source, 1);
    }

    @Test
    void shouldNotImportIntoAFolderWhileAnotherImportDoes() {
        RawImage.Source slow = (receiver, skipped) -> {
            assertThatThrownBy(() -> run(source))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageStartingWith(set + " is in use by `limner data import` (process "
                            + ProcessHandle.current().pid() + ", since ");
            new FolderSource(source, "en").read(receiver, skipped);
        };

        assertThat(DataImport.run(slow, set, SETTINGS).added()).isEqualTo(1);

        assertThat(run(source).present()).isEqualTo(1);
        assertThat(keys()).containsExactly("1");
    }

    @Test
    void shouldLeaveADataSetBehindWhenKilledAndGoOnWithIt() throws IOException {
        // A folder in the way of the half-written shard ends an import as a kill there would.
        Path half = Files.createDirectories(set.resolve("set-000000.tar.gz.tmp"));
        Files.createFile(half.resolve("in the way"));
        assertThatThrownBy(() -> run(source)).isInstanceOf(DataException.class);

        assertThat(DataSettings.read(set)).isEqualTo(SETTINGS);
        Files.delete(half.resolve("in the way"));
        Files.delete(half);
        Files.write(half, new byte[] {1, 2, 3});

        // Nothing is held by settings that no image was brought to.
        DataImport.run(new FolderSource(source, "en"), set, DataSettings.ofPixels(64, 10));

        assertThat(half).doesNotExist();
        assertThat(DataSettings.read(set).side()).isEqualTo(64);
        assertThat(keys()).containsExactly("1");
    }

    @Test
    void shouldNotTakeWhatLiesInAFolderForPartOfTheSet() throws IOException {
        Files.createDirectories(set);
        ShardFiles.write(set.resolve("other-000000.tar.gz"), List.of());

        assertThatThrownBy(() -> run(source))
                .isInstanceOf(DataException.class)
                .hasMessage(set + " holds other-000000.tar.gz and no dataset.json, so they are no data set of Limner's:"
                        + " import into another folder (limner data import webdataset " + set
                        + " --out OTHER takes them over), or move them away");

        Files.delete(set.resolve("other-000000.tar.gz"));
        run(source);
        Files.write(set.resolve("foreign.tar"), new byte[1024]);
        assertThatThrownBy(() -> run(source))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(set + " holds foreign.tar, which no import has put there");
    }

    @Test
    void shouldNotWriteOverAShardWhenAnEarlierOneIsGone() throws IOException {
        run(source);
        Path more = Files.createDirectories(folder.resolve("more"));
        image(more, 2);
        run(more);
        Files.delete(set.resolve("set-000000.tar.gz"));
        Path most = Files.createDirectories(folder.resolve("most"));
        image(most, 3);

        run(most);

        assertThat(keys()).containsExactly("2", "3");
    }

    @Test
    void shouldRemoveHalfAShard() throws IOException {
        Path full = folder.resolve("full");
        Files.createDirectories(full.resolve("x-000000.tar.gz"));
        Files.createFile(full.resolve("x-000000.tar.gz").resolve("in the way"));

        assertThatThrownBy(() -> ShardFiles.write(full.resolve("x-000000.tar.gz"), List.of()))
                .isInstanceOf(DataException.class);

        assertThat(full.toFile().list()).containsExactly("x-000000.tar.gz");
    }

    @Test
    void shouldNotImportAFolderIntoItself() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), source);

        assertThatThrownBy(() -> DataImport.requireApart(source, source))
                .isInstanceOf(DataException.class)
                .hasMessage("the data set " + source
                        + " is the folder that is imported: give --out a folder outside of it");
        assertThatThrownBy(() -> DataImport.requireApart(source, source.resolve("sub/not there yet")))
                .hasMessageContaining("is inside of " + source);
        assertThatThrownBy(() -> DataImport.requireApart(link, source)).hasMessageContaining("that is imported");
        assertThatThrownBy(() -> DataImport.requireApart(source, link.resolve("set")))
                .hasMessageContaining("is inside of");
        assertThatThrownBy(() -> DataImport.requireApart(source, source.resolve("../pictures")))
                .hasMessageContaining("that is imported");
        DataImport.requireApart(source, set);
        DataImport.requireApart(source, folder.resolve("pictures2"));
    }

    @Test
    void shouldMakeADataSetUnderAnyName() throws IOException {
        set = folder.resolve("of two\nlines");

        assertThat(run(source).added()).isEqualTo(1);
        assertThat(run(source).present()).isEqualTo(1);
        assertThat(TargetFolder.nameOf(Path.of("/"))).isEqualTo("data");
        assertThat(TargetFolder.nameOf(Path.of("."))).isNotEqualTo(".");
    }

    @Test
    void shouldSayThatAKeyIsTaken() throws IOException {
        // The key that the second a would get, which has another name's.
        Path second = Files.createDirectories(source.resolve("a"));
        byte[] twin = FieldFolderTest.image(3);
        String digits = Digests.sha256(ImageDecoder.decode(twin, 32).rgb()).substring(0, 8);
        Files.write(source.resolve("a.b-" + digits + ".png"), FieldFolderTest.image(2));
        Files.writeString(source.resolve("a.b-" + digits + ".txt"), "two");
        Files.write(source.resolve("a.b.png"), FieldFolderTest.image(4));
        Files.writeString(source.resolve("a.b.txt"), "four");
        Files.write(second.resolve("b.png"), twin);
        Files.writeString(second.resolve("b.txt"), "three");

        DataImport.Outcome outcome = run(source);

        assertThat(outcome.skipped()).containsExactly(Map.entry(SkippedEntries.Reason.KEY_TAKEN, 1));
        assertThat(Files.readString(set.resolve("skipped.jsonl"))).contains("another image has its key");
    }

    @Test
    void shouldNotListItsOwnLock() throws IOException {
        run(source);

        DataImport.Outcome outcome = DataImport.run(new ShardSource(set, "en"), folder.resolve("copy"), SETTINGS);

        assertThat(set.resolve(FolderLock.FILE)).exists();
        assertThat(outcome.added()).isEqualTo(1);
        assertThat(outcome.skipped()).isEmpty();
    }

    private DataImport.Outcome run(Path from) {
        return DataImport.run(new FolderSource(from, "en"), set, SETTINGS);
    }

    private List<String> keys() {
        return ShardFiles.read(set, 32, (entry, reason, detail) -> {}).images().stream()
                .map(CaptionedImage::key)
                .toList();
    }

    private static void image(Path in, int number) throws IOException {
        Files.write(in.resolve(number + ".png"), FieldFolderTest.image(number));
        Files.writeString(in.resolve(number + ".txt"), "number " + number);
    }
}
