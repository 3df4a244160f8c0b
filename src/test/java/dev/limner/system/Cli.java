package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limner command as a process, with a state folder of its own.
 *
 * @param folder for what the test writes down
 */
record Cli(Path folder, Path state) {
    Cli(Path folder) {
        this(folder, folder.resolve("state"));
    }

    /** What a command that has ended left behind. */
    record Run(int exitCode, String output, String error) {
        /** The last line of its output, as JSON. */
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(output.strip().lines().toList().getLast());
        }
    }

    Run run(String... arguments) throws IOException, InterruptedException {
        return run(builder -> {}, arguments);
    }

    /** @param changes to how the process is started */
    Run run(Consumer<ProcessBuilder> changes, String... arguments) throws IOException, InterruptedException {
        Path error = Files.createTempFile(folder, "stderr", ".txt");
        ProcessBuilder builder = builder(arguments).redirectError(error.toFile());
        changes.accept(builder);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output, Files.readString(error));
    }

    Process start(String... arguments) throws IOException {
        return start(builder -> {}, arguments);
    }

    /** @param changes to how the process is started */
    Process start(Consumer<ProcessBuilder> changes, String... arguments) throws IOException {
        ProcessBuilder builder = builder(arguments).redirectErrorStream(true);
        changes.accept(builder);
        return builder.start();
    }

    private ProcessBuilder builder(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Home.JAVA.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlimner.home=" + Home.ROOT,
                "-jar",
                Home.CLI.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LIMNER_STATE", state.toString());
        return builder;
    }

    /** Reads output until a line matches; the first group. */
    static String await(BufferedReader output, Pattern pattern) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.append(line).append('\n');
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.group(1);
            }
        }
        throw new AssertionError("no " + pattern + " in:\n" + seen);
    }
}
