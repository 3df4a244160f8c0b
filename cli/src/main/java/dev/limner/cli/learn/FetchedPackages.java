package dev.limner.cli.learn;

import dev.limner.launcher.Folders;
import dev.limner.training.data.NpmPackage;
import dev.limner.training.data.PinnedPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Packages in a temporary folder, fetched by npm and compared with what this build knows of them. Neither the folder nor npm outlives this, nor the process where that
 * is told to end (SIGINT, SIGTERM).
 */
final class FetchedPackages implements AutoCloseable {
    private static final int ENDS_WITHIN_SECONDS = 2;

    private final Path folder = Folders.temporary("limner-packages");
    private final Thread hook = new Thread(this::discard, "limner-packages");
    private final String npm;
    private @Nullable Process fetching;
    private boolean discarded;

    FetchedPackages() {
        this("npm");
    }

    /** @param npm the program that is called as npm is */
    FetchedPackages(String npm) {
        this.npm = npm;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    Path folder() {
        return folder;
    }

    /**
     * Fetches each of them once, from npm's own cache where it is there already.
     *
     * @throws IllegalStateException if npm fails, or brings something else
     */
    void fetch(List<PinnedPackage> packages) {
        List<PinnedPackage> wanted = packages.stream().distinct().toList();
        List<String> line = new ArrayList<>(List.of(npm, "pack", "--silent", "--prefer-offline", "--ignore-scripts"));
        wanted.forEach(one -> line.add(one.specifier()));
        run(line, wanted.size() == 1 ? "the package" : "the packages");
        wanted.forEach(this::requireIntegrity);
    }

    private void requireIntegrity(PinnedPackage wanted) {
        NpmPackage fetched = PackageTarballs.in(folder, wanted);
        String integrity = fetched.integrity();
        if (wanted.integrity() != null && !wanted.integrity().equals(integrity)) {
            throw new IllegalStateException("npm fetched another " + wanted.specifier() + " than this build knows: "
                    + integrity + ", must be " + wanted.integrity());
        }
    }

    private void run(List<String> line, String what) {
        try {
            Process process = start(line);
            int code = process.waitFor();
            if (isDiscarded()) {
                throw new IllegalStateException("stopped while npm fetched the packages");
            }
            if (code != 0) {
                throw new IllegalStateException("npm pack ended with exit code " + code
                        + ": --packages takes a folder with " + what + " instead");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("npm, which fetches the packages, cannot be started", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while npm fetched the packages", e);
        }
    }

    private synchronized Process start(List<String> line) throws IOException {
        if (discarded) {
            throw new IllegalStateException("npm is not started: this process ends");
        }
        Process started = new ProcessBuilder(line)
                .directory(folder.toFile())
                .inheritIO()
                // The names of what it fetched, which nobody asked for.
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        fetching = started;
        return started;
    }

    private synchronized boolean isDiscarded() {
        return discarded;
    }

    /** Ends what runs, then deletes what it wrote; once. */
    private synchronized void discard() {
        if (discarded) {
            return;
        }
        discarded = true;
        if (fetching != null) {
            end(fetching);
        }
        Folders.delete(folder);
    }

    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        // Together: where nobody reaps orphans, those of npm look alive for ever.
        CompletableFuture<Void> ended =
                CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new));
        ended.completeOnTimeout(null, ENDS_WITHIN_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        discard();
        try {
            boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
        }
    }
}
