package dev.limner.cli;

import dev.limner.cli.fleet.Home;
import dev.limner.trainer.data.CaptionedImage;
import dev.limner.trainer.data.EmojiImport;
import dev.limner.trainer.data.Shards;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner data}: data sets. */
@Command(
        name = "data",
        description = "Import data sets.",
        mixinStandardHelpOptions = true,
        subcommands = DataCommand.Import.class)
final class DataCommand {
    private DataCommand() {}

    /** {@code limner data import}. */
    @Command(
            name = "import",
            description = "Rebuild the emoji sample data set from its npm packages.",
            mixinStandardHelpOptions = true)
    static final class Import implements Runnable {
        private static final String PICTURES = "emoji-datasource-google";
        private static final String NAMES = "emojibase-data";

        @Option(
                names = "--packages",
                paramLabel = "DIR",
                description = "Folder with the two packages' tarballs; without it npm fetches them.")
        @Nullable
        Path packages;

        @Option(names = "--out", paramLabel = "DIR", description = "Where the shard goes. Default: data/emoji")
        @Nullable
        Path out;

        @Option(
                names = "--languages",
                split = ",",
                defaultValue = "en,zh",
                description = "Languages of the captions. Default: ${DEFAULT-VALUE}")
        @SuppressWarnings("NullAway.Init")
        List<String> languages;

        @Spec
        @SuppressWarnings("NullAway.Init")
        CommandSpec spec;

        @Override
        public void run() {
            PrintWriter terminal = spec.commandLine().getOut();
            Path target = out == null ? Home.find().emojiData() : out;
            try {
                Path folder = packages == null ? fetch() : packages;
                List<CaptionedImage> images = EmojiImport.read(
                        tarball(folder, PICTURES),
                        tarball(folder, NAMES),
                        languages,
                        (entry, why) -> terminal.println("skipped " + entry + ": " + why));
                Files.createDirectories(target);
                Path shard = target.resolve("emoji-000000.tar.gz");
                Shards.write(shard, images);
                terminal.printf("%d pictures in %s%n", images.size(), shard);
            } catch (IOException e) {
                throw new UncheckedIOException("the emoji cannot be imported", e);
            }
        }

        private static Path tarball(Path folder, String name) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.getFileName().toString().matches(name + "-\\d.*\\.tgz"))
                        .findFirst()
                        .orElseThrow(() -> new IOException("there is no " + name + "-*.tgz in " + folder));
            }
        }

        private static Path fetch() throws IOException {
            Path folder = Files.createTempDirectory("limner-emoji");
            Process npm = new ProcessBuilder("npm", "pack", "--silent", PICTURES + "@16.0.0", NAMES + "@17.0.0")
                    .directory(folder.toFile())
                    .inheritIO()
                    .start();
            try {
                if (npm.waitFor() != 0) {
                    throw new IOException("npm pack ended with exit code " + npm.exitValue());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while npm fetched the packages", e);
            }
            return folder;
        }
    }
}
