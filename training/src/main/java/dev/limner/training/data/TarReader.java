package dev.limner.training.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/** Reads tar files, gzipped or not, and says when one is not whole. */
final class TarReader {
    private TarReader() {}

    /** Told of the entries of a tar file, in its order. */
    @FunctionalInterface
    interface Entries {
        void take(String name, long size, InputStream content) throws IOException;

        /**
         * An entry that stands for another one.
         *
         * @param target as the file has it: of a hard link a name, of a symbolic link a path from where the link is
         */
        default void link(String name, String target, boolean symbolic) {}

        /** One of the tar files that were put behind one another is at its end. */
        default void end() {}

        /** An entry that is neither a file, a folder nor a link, or is packed in a way that is not read. */
        default void other(String name) {}
    }

    /**
     * Walks a tar file, and those that were appended to it with {@code cat}.
     *
     * @throws IOException if it is no tar file, or ends before its end: entries may have been handed over by then
     */
    static void walk(Path tarball, Entries entries) throws IOException {
        try (BufferedInputStream in = new BufferedInputStream(GzipFiles.open(tarball), 1 << 16)) {
            long seen = 0;
            do {
                seen = one(in, entries, seen);
            } while (more(in));
        }
    }

    /** As {@link #walk}, where only a whole one will do. */
    static void walkWhole(Path tarball, Entries entries) {
        try {
            walk(tarball, entries);
        } catch (IOException e) {
            throw new DataException(tarball + " cannot be read as a tar file: " + why(e), e);
        }
    }

    /** What is wrong with a tar file, for a person. */
    static String why(IOException failure) {
        return failure instanceof EOFException ? "it is cut off" : String.valueOf(failure.getMessage());
    }

    private static long one(InputStream in, Entries entries, long before) throws IOException {
        GuardedTar tar = new GuardedTar(in);
        long seen = before;
        String last = "";
        for (TarArchiveEntry entry = next(tar); entry != null; entry = next(tar)) {
            if (!entry.isCheckSumOK()) {
                throw new IOException("a header has another checksum than it says, after " + after(seen, last));
            }
            last = tar.name(entry.getName());
            seen++;
            if (entry.isSymbolicLink() || entry.isLink()) {
                entries.link(last, entry.getLinkName(), entry.isSymbolicLink());
            } else if (isFile(entry) && tar.canReadEntryData(entry)) {
                take(entries, last, entry.getSize(), tar);
            } else if (!entry.isDirectory()) {
                entries.other(last);
            }
        }
        if (seen == 0 && !tar.ended()) {
            throw new IOException("it is no tar file");
        }
        if (!tar.ended()) {
            throw new IOException("it ends without the empty blocks of a whole tar file, after " + after(seen, last));
        }
        entries.end();
        return seen;
    }

    private static boolean isFile(TarArchiveEntry entry) {
        return entry.isFile() && !entry.isFIFO() && !entry.isCharacterDevice() && !entry.isBlockDevice();
    }

    private static @Nullable TarArchiveEntry next(GuardedTar tar) throws IOException {
        try {
            return tar.getNextEntry();
        } catch (OutOfMemoryError e) {
            // The map of a sparse file has no other bound.
            throw new IOException("a header does not fit the memory", e);
        }
    }

    private static void take(Entries entries, String name, long size, InputStream tar) throws IOException {
        try {
            entries.take(name, size, new BufferedInputStream(new Bounded(tar, size)));
        } catch (IOException e) {
            throw new IOException("it is cut off or damaged inside " + name + ": " + why(e), e);
        }
    }

    /** The holes of a sparse file may be longer than the file says it is. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long size) {
            super(in);
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int count = super.read(buffer, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }

    private static String after(long seen, String last) {
        return seen == 1 ? "1 entry, " + last : seen + " entries, the last of them " + last;
    }

    /** Past the padding; at the end of a gzipped file this also compares its checksum. */
    private static boolean more(InputStream in) throws IOException {
        while (true) {
            in.mark(1);
            int next = in.read();
            if (next > 0) {
                in.reset();
                return true;
            }
            if (next < 0) {
                return false;
            }
        }
    }
}
