package dev.limner.launcher;

import java.nio.file.Path;

/**
 * Where Limner's files are.
 *
 * @param root the project's folder, as the launcher found it
 */
public record ProjectLayout(Path root) {
    /** From the launcher's system property, else the current folder. */
    public static ProjectLayout find() {
        return new ProjectLayout(Path.of(System.getProperty("limner.home", "")).toAbsolutePath());
    }

    /** What running services leave behind: broker data, objects, logs. Moved by {@code LIMNER_STATE}. */
    public Path state() {
        String elsewhere = System.getenv("LIMNER_STATE");
        return elsewhere == null ? root.resolve(".limner") : Path.of(elsewhere).toAbsolutePath();
    }

    /** Files that are only copies and may be deleted at any time. */
    public Path cache() {
        return state().resolve("cache");
    }

    public Path defaultModel() {
        return root.resolve("models/default");
    }

    public Path workerJar() {
        return root.resolve("worker/target/quarkus-app/quarkus-run.jar");
    }

    public Path trainerJar() {
        return root.resolve("trainer/target/quarkus-app/quarkus-run.jar");
    }

    /** Released models, shared by trainer and workers. */
    public Path bundles() {
        return state().resolve("models");
    }

    public Path demoCaptions() {
        return root.resolve("data/captions-demo.txt");
    }

    public Path emojiData() {
        return root.resolve("data/emoji");
    }

    public Path gridCaptions() {
        return root.resolve("data/captions-64.txt");
    }
}
