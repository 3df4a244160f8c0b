package dev.limner.training.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A few files of real npm packages, packed as npm packs them. What they are and whose is in NOTICE. */
public final class TestPackages {
    private static final Path SAMPLES = Path.of("src/test/resources/packages");

    private TestPackages() {}

    /** @param name as {@code npm pack} begins a file's name, as in {@code iconify-json-tabler} */
    public static NpmPackage pack(String name, Path folder) {
        return pack(SAMPLES.resolve(name), folder.resolve(name + "-1.0.0.tgz"));
    }

    /** All of a folder as a tarball. */
    public static NpmPackage pack(Path from, Path tarball) {
        try (Stream<Path> all = Files.walk(from);
                TarArchiveOutputStream tar =
                        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(tarball)))) {
            List<Path> files = all.filter(Files::isRegularFile).sorted().toList();
            for (Path file : files) {
                TarArchiveEntry header =
                        new TarArchiveEntry(from.relativize(file).toString());
                header.setSize(Files.size(file));
                tar.putArchiveEntry(header);
                Files.copy(file, tar);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new NpmPackage(tarball);
    }
}
