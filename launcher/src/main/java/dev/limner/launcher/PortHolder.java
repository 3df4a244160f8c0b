package dev.limner.launcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Which process listens on a port, as far as Linux tells: processes of other users are seen by root alone. */
final class PortHolder {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String LISTENING = "0A";
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int MOST_LETTERS = 60;

    private PortHolder() {}

    /** For a user to read: {@code process 1234 (java -jar ...)}. */
    static Optional<String> describe(int port) {
        Set<String> sockets = new HashSet<>();
        for (Path table : TABLES) {
            sockets.addAll(listening(table, port));
        }
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        return ProcessHandle.allProcesses()
                .filter(process -> holds(process.pid(), sockets))
                .findFirst()
                .map(process -> "process " + process.pid() + name(process.pid()));
    }

    private static Set<String> listening(Path table, int port) {
        String wanted = String.format(Locale.ROOT, ":%04X", port);
        Set<String> found = new HashSet<>();
        try {
            for (String line : Files.readAllLines(table)) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns.length > INODE
                        && columns[STATE].equals(LISTENING)
                        && columns[LOCAL_ADDRESS].endsWith(wanted)) {
                    found.add("socket:[" + columns[INODE] + "]");
                }
            }
        } catch (IOException e) {
            // Another system: nobody can be named.
        }
        return found;
    }

    private static boolean holds(long pid, Set<String> sockets) {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return files.anyMatch(file -> {
                try {
                    return sockets.contains(Files.readSymbolicLink(file).toString());
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return false;
        }
    }

    /** What a Limner process is called, the beginning of any other's command line. */
    private static String name(long pid) {
        try {
            String line = new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8);
            List<String> words = List.of(line.split("\0", -1));
            Optional<String> worker = words.stream()
                    .filter(word -> word.startsWith("-Dlimner.worker.name="))
                    .map(word -> word.substring(word.indexOf('=') + 1))
                    .findFirst();
            int jar = words.indexOf("-jar");
            boolean trainer = words.stream().anyMatch(word -> word.startsWith("-Dlimner.trainer.state="));
            boolean command =
                    jar >= 0 && jar + 2 < words.size() && words.get(jar + 1).endsWith("limner-cli.jar");
            String text = worker.or(() -> trainer ? Optional.of("trainer") : Optional.empty())
                    .map(name -> "Limner's " + name)
                    .orElseGet(() -> command
                            ? "limner " + words.get(jar + 2)
                            : String.join(" ", words).strip());
            return " (" + (text.length() > MOST_LETTERS ? text.substring(0, MOST_LETTERS) + "..." : text) + ")";
        } catch (IOException e) {
            return "";
        }
    }
}
