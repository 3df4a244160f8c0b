package dev.limner.protocol.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
    @TempDir
    Path parent;

    @Test
    void shouldTellASecondProcessWhoHasTheFolder() throws Exception {
        Path folder = parent.resolve("new/state");
        try (FolderUser first = FolderUser.start("exclusive", folder, "limner up");
                FolderUser second = FolderUser.start("exclusive", folder, "limner demo");
                FolderUser third = FolderUser.start("shared", folder, "limner demo")) {
            assertThat(first.answer()).isEqualTo("taken");
            assertThat(second.answer())
                    .matches("\\Q" + folder + " is in use by `limner up` (process " + first.pid()
                            + ", since \\E\\d\\d:\\d\\d\\)");
            assertThat(third.answer()).isEqualTo(second.answer());
        }
        try (FolderUser next = FolderUser.start("exclusive", folder, "limner up")) {
            assertThat(next.answer()).isEqualTo("taken");
        }
    }

    @Test
    void shouldFindTheFolderByWhateverPathLeadsThere() throws Exception {
        Path folder = Files.createDirectory(parent.resolve("state"));
        Path link = Files.createSymbolicLink(parent.resolve("link"), folder);
        try (FolderUser first = FolderUser.start("exclusive", folder, "limner up");
                FolderUser second = FolderUser.start("exclusive", link, "limner up")) {
            assertThat(first.answer()).isEqualTo("taken");
            assertThat(second.answer()).contains("process " + first.pid());
            assertThatThrownBy(() -> FolderLock.exclusive(parent.resolve("state/../link"), "limner up"))
                    .isInstanceOf(FolderInUseException.class);
        }
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void shouldRefuseALockThatIsALinkToNothing() throws Exception {
        Files.createSymbolicLink(parent.resolve(FolderLock.FILE), parent.resolve("gone"));

        assertThatThrownBy(() -> FolderLock.exclusive(parent, "limner up"))
                .isInstanceOf(FolderException.class)
                .hasMessageContaining("its file .limner.lock is a link to nothing, remove it");
    }

    @Test
    void shouldLetManyShareAndNobodyTakeItForThemselvesMeanwhile() throws Exception {
        try (FolderUser first = FolderUser.start("shared", parent, "limner up");
                FolderUser second = FolderUser.start("shared", parent, "limner demo");
                FolderUser third = FolderUser.start("exclusive", parent, "limner chaos")) {
            assertThat(first.answer()).isEqualTo("taken");
            assertThat(second.answer()).isEqualTo("taken");
            assertThat(third.answer()).contains("`limner demo` (process " + second.pid());
        }
    }

    @Test
    void shouldNotBelieveWhatAKilledProcessLeftBehind() throws Exception {
        FolderUser killed = FolderUser.start("parent", parent, "limner up");
        assertThat(killed.answer()).isEqualTo("taken");
        killed.kill();
        assertThat(parent.resolve(FolderLock.FILE)).isNotEmptyFile();

        try (FolderLock lock = FolderLock.exclusive(parent, "limner up")) {
            assertThat(lock.leftOver()).singleElement().satisfies(child -> {
                assertThat(child.name()).isEqualTo("sleeper");
                ProcessHandle sleeper = child.find().orElseThrow();
                assertThat(sleeper.destroyForcibly()).isTrue();
                sleeper.onExit().join();
                assertThat(child.find()).isEmpty();
            });
        }
        try (FolderLock lock = FolderLock.exclusive(parent, "limner up")) {
            assertThat(lock.leftOver()).isEmpty();
        }
    }

    /** Where locks belong to a process, looking at the file of a lock that one holds gives it up. */
    @Test
    void shouldExcludeWithinAProcessWithoutLosingTheLock() throws Exception {
        try (FolderLock first = FolderLock.exclusive(parent, "limner up")) {
            assertThat(first.leftOver()).isEmpty();
            assertThatThrownBy(() -> FolderLock.exclusive(parent, "limner demo"))
                    .isInstanceOf(FolderInUseException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThatThrownBy(() -> FolderLock.shared(parent, "limner demo")).isInstanceOf(FolderInUseException.class);
            try (FolderUser other = FolderUser.start("exclusive", parent, "limner demo")) {
                assertThat(other.answer()).contains("is in use by `limner up`");
            }
        }
        try (FolderLock first = FolderLock.shared(parent, "limner up")) {
            FolderLock second = FolderLock.shared(parent, "limner up");
            second.close();
            second.close();
            assertThat(first.folder()).isEqualTo(parent);
            try (FolderUser other = FolderUser.start("exclusive", parent, "limner demo")) {
                assertThat(other.answer()).contains("is in use by");
            }
        }
        FolderLock.exclusive(parent, "limner up").close();
    }

    @Test
    void shouldSayWhyAFolderCannotBeUsed() throws Exception {
        Path file = Files.createFile(parent.resolve("file"));
        assertThatThrownBy(() -> FolderLock.exclusive(file, "limner up"))
                .isInstanceOf(FolderException.class)
                .hasMessage("the folder " + file
                        + " cannot be used: there is a file of that name, or of a folder above it");
        assertThatThrownBy(() -> FolderLock.exclusive(file.resolve("below"), "limner up"))
                .isInstanceOf(FolderException.class)
                .hasMessageContaining("there is a file of that name, or of a folder above it");
        Path sealed = Path.of("/proc/limner");
        assertThatThrownBy(() -> FolderLock.exclusive(sealed, "limner up")).isInstanceOf(FolderException.class);
    }
}
