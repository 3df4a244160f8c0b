package dev.limner.cli;

import java.nio.file.Path;

/**
 * Where Limner's files are.
 *
 * @param root the project's folder, as the launcher found it
 */
record Home(Path root) {
    /** From the launcher's system property, else the current folder. */
    static Home find() {
        return new Home(Path.of(System.getProperty("limner.home", "")).toAbsolutePath());
    }

    /** What running services leave behind: broker data, objects, logs. Moved by {@code LIMNER_STATE}. */
    Path state() {
        String elsewhere = System.getenv("LIMNER_STATE");
        return elsewhere == null ? root.resolve(".limner") : Path.of(elsewhere).toAbsolutePath();
    }

    /** Files that are only copies and may be deleted at any time. */
    Path cache() {
        return state().resolve("cache");
    }

    Path defaultModel() {
        return root.resolve("models/default");
    }

    Path workerJar() {
        return root.resolve("worker/target/quarkus-app/quarkus-run.jar");
    }

    Path demoCaptions() {
        return root.resolve("data/captions-demo.txt");
    }

    Path emojiData() {
        return root.resolve("data/emoji");
    }

    Path gridCaptions() {
        return root.resolve("data/captions-64.txt");
    }
}
