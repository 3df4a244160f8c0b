package dev.limner.cli.learn;

import dev.limner.launcher.UsageException;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.PinnedPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** npm packages in a folder, as {@code npm pack} writes them there. */
final class PackageTarballs {
    private PackageTarballs() {}

    /**
     * A package in whatever version is there. Of several versions none is taken: which one it was would be seen in the data
     * only.
     *
     * @throws UsageException if there is none, or more than one
     */
    static NpmPackage in(Path folder, PinnedPackage wanted) {
        String stem = wanted.fileStem();
        Pattern name = Pattern.compile(Pattern.quote(stem) + "-\\d.*\\.tgz");
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
            if (found.size() != 1) {
                throw new UsageException(
                        found.isEmpty()
                                ? "there is no " + stem + "-*.tgz in " + folder
                                : folder + " holds "
                                        + found.stream()
                                                .map(file -> String.valueOf(file.getFileName()))
                                                .collect(Collectors.joining(" and "))
                                        + ": leave one of them there");
            }
            return new NpmPackage(found.get(0));
        } catch (IOException e) {
            throw new UncheckedIOException("the folder " + folder + " cannot be read", e);
        }
    }
}
