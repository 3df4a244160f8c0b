package dev.limner.system;

import java.nio.file.Path;

/** Where the built project is. */
final class Home {
    static final Path ROOT =
            Path.of(System.getProperty("limner.home", "..")).toAbsolutePath().normalize();
    static final Path WORKER = ROOT.resolve("worker/target/quarkus-app/quarkus-run.jar");
    static final Path TRAINER = ROOT.resolve("trainer/target/quarkus-app/quarkus-run.jar");
    static final Path FAULT_KIT = ROOT.resolve("testkit/target/limner-testkit.jar");
    static final Path CLI = ROOT.resolve("cli/target/limner-cli.jar");
    static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private Home() {}
}
