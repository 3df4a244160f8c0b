package dev.limner.generator.bundle;

import dev.limner.protocol.RefusalCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Bundles as folders {@code name/digest} below a folder that trainer and workers share. */
public final class FileBundleStore implements BundleStore {

    private static final String SIGNATURE = "signature";
    private static final int COPIED_AT_ONCE = 1 << 16;

    private final Path root;

    public FileBundleStore(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    @Override
    public URI put(Path folder, Manifest manifest, @Nullable String signature) {
        Path target = folder(manifest.name(), manifest.digest());
        try {
            boolean whole = Files.exists(target.resolve(BundleFiles.MANIFEST));
            if (!whole) {
                Files.createDirectories(target);
                for (String name : BundleFiles.BESIDE_THE_MANIFEST) {
                    if (Files.exists(folder.resolve(name))) {
                        copy(folder.resolve(name), target.resolve(name));
                    }
                }
            }
            // A bundle that was put here unsigned, or signed with a key of the past, is signed now.
            if (signature != null
                    && !signature(manifest.name(), manifest.digest()).equals(Optional.of(signature))) {
                BundleFiles.write(target.resolve(SIGNATURE), signature.getBytes(StandardCharsets.US_ASCII));
            }
            if (!whole) {
                BundleFiles.forceFolder(target);
                copy(folder.resolve(BundleFiles.MANIFEST), target.resolve(BundleFiles.MANIFEST));
            }
            BundleFiles.forceFolder(target);
            BundleFiles.forceFolder(root.resolve(manifest.name()));
            BundleFiles.forceFolder(root);
        } catch (IOException e) {
            throw new UncheckedIOException("the bundle cannot be put into " + target + ": " + e, e);
        }
        return target.toUri();
    }

    /** What an earlier try left half written is written anew: nobody has seen it without a manifest. */
    private static void copy(Path from, Path to) throws IOException {
        Path temporary = to.resolveSibling(to.getFileName() + ".tmp");
        Files.copy(from, temporary, StandardCopyOption.REPLACE_EXISTING);
        BundleFiles.publish(temporary, to);
    }

    private Path folder(String name, String digest) {
        return root.resolve(name).resolve(digest);
    }

    @Override
    public URI uri(String name, String digest) {
        return folder(name, digest).toUri();
    }

    @Override
    public Optional<String> signature(String name, String digest) {
        Path file = folder(name, digest).resolve(SIGNATURE);
        try {
            return Files.exists(file)
                    ? Optional.of(Files.readString(file, StandardCharsets.US_ASCII))
                    : Optional.empty();
        } catch (IOException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, file + " cannot be read: " + e, e);
        }
    }

    @Override
    public List<String> digests(String name) {
        Path folder = root.resolve(name);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> bundles = Files.list(folder)) {
            return bundles.filter(bundle -> Files.exists(bundle.resolve(BundleFiles.MANIFEST)))
                    .map(bundle -> bundle.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("the bundles in " + folder + " cannot be listed", e);
        }
    }

    @Override
    public void fetch(URI uri, Path folder, long mostBytes) {
        Path source = path(uri);
        try {
            if (!Files.exists(source.resolve(BundleFiles.MANIFEST))) {
                throw new BundleException(RefusalCode.BUNDLE_MISSING, "there is no bundle " + source);
            }
            List<String> files = new ArrayList<>();
            for (String name : BundleFiles.BESIDE_THE_MANIFEST) {
                // Nobody generates with the discriminator.
                if (!name.equals(BundleFiles.DISCRIMINATOR) && Files.exists(source.resolve(name))) {
                    files.add(name);
                }
            }
            files.add(BundleFiles.MANIFEST);
            long announced = 0;
            for (String name : files) {
                announced += Files.size(source.resolve(name));
            }
            if (announced > mostBytes) {
                throw new BundleException(
                        RefusalCode.TOO_LARGE, source + " has " + announced + " bytes, at most " + mostBytes);
            }
            Files.createDirectories(folder);
            long room = mostBytes;
            for (String name : files) {
                room -= copyAtMost(room, source.resolve(name), folder.resolve(name));
            }
        } catch (IOException e) {
            throw new BundleException(RefusalCode.BUNDLE_MISSING, source + " cannot be read: " + e, e);
        }
    }

    /** A file may have grown since its size was looked at. Nothing that lies in the way is followed or written into. */
    private static long copyAtMost(long room, Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        long copied = 0;
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[COPIED_AT_ONCE];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                copied += read;
                if (copied > room) {
                    throw new BundleException(RefusalCode.TOO_LARGE, from + " has more than " + room + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
        return copied;
    }

    private static Path path(URI uri) {
        try {
            return Path.of(uri);
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            throw new BundleException(
                    RefusalCode.BUNDLE_MISSING, "bundles are read from file: URIs, not from " + uri, e);
        }
    }
}
