package dev.limner.store.file;

import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a file store, seen from outside: {@code ab/abcd....png}. */
public final class StoreFolder {
    public static final String MISSING = "missing";

    private static final Pattern OBJECT = Pattern.compile("[0-9a-f]{64}\\.[a-z]+");
    private static final String TEMPORARY = ".tmp~";
    private static final Duration HALF_WRITTEN = Duration.ofDays(1);

    private final Path root;
    private final CondemnedObjects.Steps steps;

    public StoreFolder(Path root) {
        this(root, CondemnedObjects.Steps.UNWATCHED);
    }

    public StoreFolder(Path root, CondemnedObjects.Steps steps) {
        this.root = root;
        this.steps = steps;
    }

    public Path root() {
        return root;
    }

    /**
     * What a folder held when it was looked at.
     *
     * @param old those of the objects that nobody had touched for long
     * @param halfWritten files of writers that are gone
     */
    public record Listing(List<Path> objects, Set<Path> old, List<Path> halfWritten) {}

    /** What a sweep found. */
    public record Sweep(long objects, long referenced, long garbage, long garbageBytes, long temporary) {}

    /** Ends what an earlier sweep was killed in. Gives the number of objects that have their names back. */
    public int restore() {
        try {
            return CondemnedObjects.restoreAll(root);
        } catch (IOException e) {
            throw new UncheckedIOException("what an earlier sweep left in " + root + " cannot be restored", e);
        }
    }

    /**
     * Looks before anybody asks what is referred to.
     *
     * @param untouchedSince objects touched later are no candidates: somebody may be about to refer to them
     */
    public Listing list(Instant untouchedSince) {
        List<Path> objects = new ArrayList<>();
        Set<Path> old = new HashSet<>();
        List<Path> halfWritten = new ArrayList<>();
        for (Path file : files()) {
            String name = file.getFileName().toString();
            try {
                if (name.startsWith(TEMPORARY)) {
                    if (touched(file).isBefore(Instant.now().minus(HALF_WRITTEN))) {
                        halfWritten.add(file);
                    }
                } else if (OBJECT.matcher(name).matches()) {
                    objects.add(file);
                    if (touched(file).isBefore(untouchedSince)) {
                        old.add(file);
                    }
                }
            } catch (NoSuchFileException e) {
                // Somebody else cleared it away.
            } catch (IOException e) {
                throw new UncheckedIOException("the object " + file + " cannot be looked at", e);
            }
        }
        return new Listing(objects, old, halfWritten);
    }

    /**
     * Finds, and on demand removes, what nobody needs.
     *
     * @param listing made before {@code referenced} was
     * @param referenced digests to be kept
     */
    public Sweep sweep(Listing listing, Set<String> referenced, Instant untouchedSince, boolean apply) {
        long kept = 0;
        long garbage = 0;
        long bytes = 0;
        for (Path file : listing.objects()) {
            if (referenced.contains(file.getFileName().toString().substring(0, 64))) {
                kept++;
            } else if (listing.old().contains(file)) {
                try {
                    long size = Files.size(file);
                    if (!apply || CondemnedObjects.remove(file, untouchedSince, steps)) {
                        garbage++;
                        bytes += size;
                    }
                } catch (NoSuchFileException e) {
                    // Somebody else cleared it away, or a worker that starts gave it its name back.
                } catch (IOException e) {
                    throw new UncheckedIOException("the object " + file + " cannot be removed", e);
                }
            }
        }
        for (Path file : listing.halfWritten()) {
            try {
                if (apply) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the half written file " + file + " cannot be removed", e);
            }
        }
        return new Sweep(
                listing.objects().size(),
                kept,
                garbage,
                bytes,
                listing.halfWritten().size());
    }

    private static Instant touched(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /** What is wrong with an object; empty if nothing. */
    public String wrongWith(String digest) {
        Path folder = ObjectPaths.folder(root, digest);
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(
                            file -> file.getFileName().toString().startsWith(digest + "."))
                    .toList();
            if (found.isEmpty()) {
                return MISSING;
            }
            for (Path file : found) {
                if (!Digests.sha256(Files.readAllBytes(file)).equals(digest)) {
                    return "its content does not have this digest (" + file + ")";
                }
            }
            return "";
        } catch (NoSuchFileException e) {
            return MISSING;
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }

    private List<Path> files() {
        // A link to the folder would be looked at itself.
        try (Stream<Path> files = Files.find(root.toRealPath(), 2, (file, attributes) -> attributes.isRegularFile())) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the store " + root + " cannot be listed", e);
        }
    }
}
