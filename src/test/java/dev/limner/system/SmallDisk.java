package dev.limner.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system of its own, to be filled. Only root may mount one: elsewhere the test that needs it is skipped. */
record SmallDisk(Path folder) implements AutoCloseable {
    static SmallDisk mount(Path folder, String size) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        assumeTrue(
                run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString())) == 0,
                "SKIPPED: no file system can be mounted here");
        return new SmallDisk(folder);
    }

    /** Another folder once more, not to be written. */
    static SmallDisk mountReadOnly(Path folder, Path other) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        assumeTrue(
                run(List.of("mount", "--bind", other.toString(), folder.toString())) == 0
                        && run(List.of("mount", "-o", "remount,bind,ro", folder.toString())) == 0,
                "SKIPPED: no file system can be mounted here");
        return new SmallDisk(folder);
    }

    /** Writes until nothing more fits; the file to delete. */
    Path fill() throws IOException {
        Path file = folder.resolve("filler");
        byte[] block = new byte[1 << 12];
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            return file;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run(List.of("umount", "--lazy", folder.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int run(List<String> command) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
