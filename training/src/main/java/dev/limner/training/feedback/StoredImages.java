package dev.limner.training.feedback;

import dev.limner.store.file.CondemnedObjects;
import dev.limner.store.file.ObjectPaths;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files that feedback may speak of: the images that workers stored, by their digest, and examples below folders that
 * the operator named. Nothing else is ever opened, whatever a record says.
 *
 * @param store folder of the workers' images
 * @param examples folders of examples
 */
public record StoredImages(Path store, List<Path> examples) {
    private static final List<String> EXTENSIONS = List.of("png", "jpg", "jpeg");
    private static final long MOST_BYTES = 16 << 20;

    public StoredImages {
        store = store.toAbsolutePath().normalize();
        examples = examples.stream()
                .map(folder -> folder.toAbsolutePath().normalize())
                .toList();
    }

    /**
     * The bytes of a stored image; empty if there is none of that digest.
     *
     * @throws UncheckedIOException if the store is not there or cannot be read, so that nothing can be said of its images
     */
    Optional<byte[]> stored(String sha256) {
        Optional<Path> found = EXTENSIONS.stream()
                .map(extension -> ObjectPaths.file(store, sha256, extension))
                // One that somebody was about to remove, and did not, is still there under another name.
                .flatMap(file -> Stream.of(file, CondemnedObjects.condemned(file)))
                .filter(Files::isRegularFile)
                .findFirst();
        try {
            if (found.isPresent()) {
                return readAtMost(found.get());
            }
            requireThere(store);
            return Optional.empty();
        } catch (NoSuchFileException e) {
            // Cleared away just now.
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("the image store " + store + " cannot be read: " + e, e);
        }
    }

    /** Whoever stores a first image marks the folder before, so an empty one is what a disk that is unavailable leaves. */
    private static void requireThere(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no such folder");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isEmpty()) {
                throw new IOException("it is empty");
            }
        } catch (NoSuchFileException e) {
            throw new IOException("there is no such folder", e);
        }
    }

    /** The bytes of an example; empty if the URI names no readable file below one of the folders. */
    public Optional<byte[]> example(String uri) {
        try {
            Path file = Path.of(URI.create(uri)).toRealPath();
            boolean allowed = isBelow(file, store) || examples.stream().anyMatch(folder -> isBelow(file, folder));
            return allowed && Files.isRegularFile(file) ? read(file) : Optional.empty();
        } catch (IllegalArgumentException | FileSystemNotFoundException | IOException e) {
            return Optional.empty();
        }
    }

    /**
     * The same, as long as something can be said of the file.
     *
     * @throws UncheckedIOException if it cannot be read because the folder it would be in is not there, or is empty
     */
    Optional<byte[]> exampleOrAway(String uri) {
        Optional<byte[]> found = example(uri);
        if (found.isEmpty()) {
            named(uri).ifPresent(this::requireFolderOf);
        }
        return found;
    }

    /** What a URI names, whether it is there or not. */
    private static Optional<Path> named(String uri) {
        try {
            return Optional.of(Path.of(URI.create(uri)).toAbsolutePath().normalize());
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return Optional.empty();
        }
    }

    private void requireFolderOf(Path file) {
        for (Path folder : Stream.concat(Stream.of(store), examples.stream()).toList()) {
            if (file.startsWith(folder)) {
                try {
                    requireThere(folder);
                } catch (IOException e) {
                    throw new UncheckedIOException("the examples in " + folder + " cannot be read: " + e, e);
                }
            }
        }
    }

    private static boolean isBelow(Path file, Path folder) {
        try {
            return file.startsWith(folder.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<byte[]> read(Path file) {
        try {
            return readAtMost(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> readAtMost(Path file) throws IOException {
        return Files.size(file) > MOST_BYTES ? Optional.empty() : Optional.of(Files.readAllBytes(file));
    }
}
