package dev.limner.training.data;

import dev.limner.protocol.process.FolderLock;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every file below a folder, through links, each of which that leads nowhere or in a circle is told of. */
final class FolderWalk {
    private FolderWalk() {}

    /**
     * The regular files, sorted.
     *
     * @throws DataException if the folder itself cannot be read
     */
    static List<Path> files(Path folder, SkippedEntries skipped) {
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(
                    folder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new Visitor(folder, files, skipped));
        } catch (IOException e) {
            throw new DataException("the folder " + folder + " cannot be read: " + e.getMessage(), e);
        }
        files.sort(null);
        return files;
    }

    private static final class Visitor extends SimpleFileVisitor<Path> {
        private final Path folder;
        private final List<Path> files;
        private final SkippedEntries skipped;

        Visitor(Path folder, List<Path> files, SkippedEntries skipped) {
            this.folder = folder;
            this.files = files;
            this.skipped = skipped;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.endsWith(FolderLock.FILE)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isRegularFile()) {
                files.add(file);
            } else if (attributes.isSymbolicLink()) {
                skip(file, SkippedEntries.Reason.BROKEN_LINK, "to " + target(file));
            } else {
                skip(file, SkippedEntries.Reason.UNKNOWN_FILE, "neither a file, a folder nor a link");
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (file.equals(folder)) {
                throw failure;
            }
            if (failure instanceof FileSystemLoopException) {
                skip(file, SkippedEntries.Reason.BROKEN_LINK, "in a circle, to " + target(file));
            } else {
                skip(file, SkippedEntries.Reason.CLOSED, String.valueOf(failure));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) {
            if (failure != null) {
                skip(directory, SkippedEntries.Reason.CLOSED, String.valueOf(failure));
            }
            return FileVisitResult.CONTINUE;
        }

        private void skip(Path file, SkippedEntries.Reason reason, String detail) {
            skipped.skip(RawNames.relative(folder, file), reason, detail);
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException e) {
                return "nobody knows where";
            }
        }
    }
}
