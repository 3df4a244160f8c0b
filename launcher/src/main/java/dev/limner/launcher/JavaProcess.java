package dev.limner.launcher;

import dev.limner.protocol.process.ParentWatch;
import dev.limner.protocol.text.NativeEncoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Other processes on this process's JDK. */
public final class JavaProcess {
    private JavaProcess() {}

    /** The flags every Limner process runs with. */
    static List<String> java() {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                // Whoever starts one holds on to its standard input.
                ParentWatch.argument(),
                "-XX:+UseSerialGC",
                // The whole heap from the start: it would fill up only after many minutes, which looks like a leak.
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch"));
    }

    /** Environment of a process that computes, where the user has not set it; its arguments and files may have any name. */
    static void forComputing(Map<String, String> environment) {
        NativeEncoding.mend(environment);
        // Spinning OpenMP threads slow every other thread of the machine down.
        environment.putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
    }

    /** This command again, with other arguments, as a process that has not started yet. */
    public static ProcessBuilder command(ProjectLayout home, List<String> arguments) {
        List<String> command = java();
        command.add("-Dlimner.home=" + home.root());
        command.add("-jar");
        command.add(home.root().resolve("cli/target/limner-cli.jar").toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.root().toFile());
        forComputing(builder.environment());
        return builder;
    }
}
