package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.process.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    @TempDir
    Path outside;

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectories(parent.resolve("folder"));
        Files.writeString(Files.createDirectories(folder.resolve("a/b")).resolve("file"), "x");
        Files.writeString(outside.resolve("precious"), "x");
    }

    @Test
    void shouldDeleteAFolderWithEverythingInIt() {
        Folders.delete(folder);

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void shouldDeleteNothingWhereNothingIs() {
        Folders.delete(parent.resolve("nothing"));

        assertThat(folder).isNotEmptyDirectory();
    }

    @Test
    void shouldDeleteAFile() {
        Folders.delete(folder.resolve("a/b/file"));

        assertThat(folder.resolve("a/b")).isEmptyDirectory();
    }

    @Test
    void shouldDeleteLinksAndNothingBehindThem() throws IOException {
        Files.createSymbolicLink(folder.resolve("a/folder"), outside);
        Files.createSymbolicLink(folder.resolve("a/file"), outside.resolve("precious"));
        Files.createSymbolicLink(folder.resolve("a/dangling"), outside.resolve("nothing"));

        Folders.delete(folder);

        assertThat(parent).isEmptyDirectory();
        assertThat(outside.resolve("precious")).hasContent("x");
    }

    @Test
    void shouldDeleteAFolderThatIsALinkItself() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve("link"), outside);

        Folders.delete(link);

        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
        assertThat(outside.resolve("precious")).hasContent("x");
    }

    @Test
    void shouldDeleteALinkThatLeadsNowhere() throws IOException {
        Path link = Files.createSymbolicLink(parent.resolve("link"), outside.resolve("nothing"));

        Folders.delete(link);

        assertThat(Files.exists(link, LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    @Test
    void shouldEmptyAFolderButKeepItsLock() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), outside);
        try (FolderLock lock = FolderLock.exclusive(folder, "a test")) {
            Files.writeString(folder.resolve("file"), "x");

            Folders.empty(lock.folder());

            assertThat(folder.toFile().list()).containsExactly(FolderLock.FILE);
        }
        assertThat(outside.resolve("precious")).hasContent("x");
    }

    @Test
    void shouldMakeTemporaryFoldersThatAreEmptyAndDiffer() {
        Path one = Folders.temporary("limner-test");
        Path other = Folders.temporary("limner-test");
        try {
            assertThat(one).isEmptyDirectory().isNotEqualTo(other);
            assertThat(String.valueOf(one.getFileName())).startsWith("limner-test");
        } finally {
            Folders.delete(one);
            Folders.delete(other);
        }
    }
}
