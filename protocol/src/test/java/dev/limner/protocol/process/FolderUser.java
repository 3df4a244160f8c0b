package dev.limner.protocol.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process that takes a folder, says so, and keeps it until its input ends or it is killed. */
final class FolderUser implements AutoCloseable {
    private final Process process;
    private final String answer;

    private FolderUser(Process process, String answer) {
        this.process = process;
        this.answer = answer;
    }

    static FolderUser start(String kind, Path folder, String command) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                FolderUser.class.getName(),
                kind,
                folder.toString(),
                command));
        Process process = new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new FolderUser(process, process.inputReader().readLine());
    }

    /** {@code taken}, or why not. */
    String answer() {
        return answer;
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[1]);
        try (FolderLock lock = arguments[0].equals("shared")
                ? FolderLock.shared(folder, arguments[2])
                : FolderLock.exclusive(folder, arguments[2])) {
            if (arguments[0].equals("parent")) {
                Process child = new ProcessBuilder("sleep", "60").start();
                lock.children(List.of(ProcessMark.of("sleeper", child.toHandle())));
            }
            System.out.println("taken");
            int unused = System.in.read();
        } catch (FolderInUseException e) {
            System.out.println(e.getMessage());
        }
    }
}
