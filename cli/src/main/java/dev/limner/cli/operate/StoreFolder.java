package dev.limner.cli.operate;

import dev.limner.protocol.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder of a file store, seen from outside: {@code ab/abcd....png}. */
final class StoreFolder {
    static final String MISSING = "missing";

    private static final Pattern OBJECT = Pattern.compile("[0-9a-f]{64}\\.[a-z]+");
    private static final String TEMPORARY = ".tmp~";
    private static final String CONDEMNED = ".gc~";
    private static final Duration HALF_WRITTEN = Duration.ofDays(1);

    private final Path root;

    StoreFolder(Path root) {
        this.root = root;
    }

    /** What a sweep found. */
    record Sweep(long objects, long referenced, long garbage, long garbageBytes, long temporary) {}

    /**
     * Finds, and on demand removes, what nobody needs.
     *
     * @param referenced digests to be kept
     * @param untouchedSince objects touched later are kept too: somebody may be about to refer to them
     */
    Sweep sweep(Set<String> referenced, Instant untouchedSince, boolean apply) {
        long objects = 0;
        long kept = 0;
        long garbage = 0;
        long bytes = 0;
        long temporary = 0;
        for (Path file : files()) {
            String name = file.getFileName().toString();
            try {
                if (name.startsWith(TEMPORARY)) {
                    if (touched(file).isBefore(Instant.now().minus(HALF_WRITTEN))) {
                        temporary++;
                        removeIf(apply, file);
                    }
                } else if (OBJECT.matcher(name).matches()) {
                    objects++;
                    if (referenced.contains(name.substring(0, 64))) {
                        kept++;
                    } else if (touched(file).isBefore(untouchedSince)) {
                        long size = Files.size(file);
                        if (!apply || remove(file, untouchedSince)) {
                            garbage++;
                            bytes += size;
                        }
                    }
                }
            } catch (NoSuchFileException e) {
                // Somebody else cleared it away.
            } catch (IOException e) {
                throw new UncheckedIOException("the object " + file + " cannot be looked at or removed", e);
            }
        }
        return new Sweep(objects, kept, garbage, bytes, temporary);
    }

    private static void removeIf(boolean apply, Path file) throws IOException {
        if (apply) {
            Files.deleteIfExists(file);
        }
    }

    private static Instant touched(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toInstant();
    }

    /**
     * A worker that is about to refer to an object it found touches it first. Under its new name it cannot: the worker
     * puts it anew. One that touched it before the renaming is seen here, and the object comes back.
     */
    private static boolean remove(Path file, Instant untouchedSince) throws IOException {
        Path condemned = file.resolveSibling(CONDEMNED + file.getFileName());
        Files.move(file, condemned, StandardCopyOption.ATOMIC_MOVE);
        if (touched(condemned).isBefore(untouchedSince)) {
            Files.delete(condemned);
            return true;
        }
        Files.move(condemned, file, StandardCopyOption.ATOMIC_MOVE);
        return false;
    }

    /** What is wrong with an object; empty if nothing. */
    String wrongWith(String digest) {
        Path folder = root.resolve(digest.substring(0, 2));
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
        try (Stream<Path> files = Files.find(root, 2, (file, attributes) -> attributes.isRegularFile())) {
            return files.toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the store " + root + " cannot be listed", e);
        }
    }
}
