package dev.limner.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder an import writes to: only an import's own shards may be in it, for everything that is called a shard is read
 * as part of the set. Whoever uses one has {@link dev.limner.protocol.process.FolderLock locked} it.
 *
 * @param folder there already
 */
record TargetFolder(Path folder) {
    private static final Pattern OWN = Pattern.compile(".*-\\d{6,}\\.tar\\.gz", Pattern.DOTALL);
    private static final Pattern HALF = Pattern.compile(".*-\\d{6,}\\.tar\\.gz\\.tmp", Pattern.DOTALL);

    /**
     * Refuses shards that no import has put there, and removes what a killed one has left half-written.
     *
     * @throws DataException naming what is there and what to do
     */
    void prepare() throws IOException {
        for (Path half : files(HALF)) {
            if (Files.isRegularFile(half)) {
                Files.delete(half);
            }
        }
        List<Path> shards = files(ShardFiles.FILE);
        if (!shards.isEmpty() && !DataSettings.in(folder)) {
            throw new DataException(folder + " holds " + shards.get(0).getFileName()
                    + (shards.size() == 1 ? "" : " and " + (shards.size() - 1) + " more")
                    + " and no dataset.json, so they are no data set of Limner's: import into another folder ("
                    + "limner data import webdataset " + folder + " --out OTHER takes them over), or move them away");
        }
        for (Path shard : shards) {
            if (!OWN.matcher(name(shard)).matches()) {
                throw new DataException(folder + " holds " + shard.getFileName()
                        + ", which no import has put there: move it away; limner data import webdataset adds what is in"
                        + " it");
            }
        }
    }

    /** Whether it holds no shard: then it is no data set yet, whatever it says. */
    boolean isEmpty() throws IOException {
        return files(ShardFiles.FILE).isEmpty();
    }

    /**
     * Where the next shard goes: nothing that is there is written over.
     *
     * @param number of shards so far
     */
    Path next(int number) {
        String name = nameOf(folder);
        for (int at = number; ; at++) {
            Path shard = folder.resolve(String.format(Locale.ROOT, "%s-%06d.tar.gz", name, at));
            if (!Files.exists(shard)) {
                return shard;
            }
        }
    }

    /** What a data set is called: as its folder, which may be a root. */
    static String nameOf(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name == null ? "data" : name.toString();
    }

    /**
     * Refuses a source that the import would write into: the next one would read what this one wrote.
     *
     * @throws DataException if they are not apart
     */
    static void requireApart(Path source, Path target) {
        try {
            Path from = source.toRealPath();
            Path to = target.toAbsolutePath().normalize();
            // What is not there yet is judged by the nearest folder that is.
            Path there = to;
            while (!Files.exists(there) && there.getParent() != null) {
                there = there.getParent();
            }
            Path real = there.toRealPath().resolve(there.relativize(to)).normalize();
            if (real.startsWith(from)) {
                throw new DataException("the data set " + target + " is "
                        + (real.equals(from) ? "the folder that is imported" : "inside of " + source)
                        + ": give --out a folder outside of it");
            }
        } catch (IOException e) {
            throw new DataException(source + " and " + target + " cannot be compared: " + e.getMessage(), e);
        }
    }

    private List<Path> files(Pattern pattern) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> pattern.matcher(name(file)).matches())
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
