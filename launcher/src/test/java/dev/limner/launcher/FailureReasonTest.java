package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureReasonTest {
    @Test
    void shouldGiveWhatAServiceSaysOfItsStart() {
        assertThat(complaint("""
                2026-11-28 00:51:33,017 INFO  [Mark] (main) began
                2026-11-28 00:51:34,017 ERROR [WorkerService] (main) error=limner.worker.batch.max-size is 0, must be \
                from 1 to 1024 the worker cannot start
                2026-11-28 00:51:35,017 INFO  [WorkerService] (main) clean=true worker ended
                """)).isEqualTo("limner.worker.batch.max-size is 0, must be from 1 to 1024");
    }

    @Test
    void shouldGiveTheCauseOfAFailureAndNoLineOfItsTrace() {
        assertThat(complaint("""
                2026-11-28 00:51:55,384 ERROR [Application] (main) Failed to start application: java.lang.RuntimeException: \
                Failed to start quarkus
                \tat io.quarkus.runner.ApplicationImpl.doStart(Unknown Source)
                Caused by: dev.limner.generator.bundle.BundleException: /x/manifest.json cannot be read: NoSuchFileException
                \tat dev.limner.generator.bundle.ModelBundle.read(ModelBundle.java:130)
                Caused by: java.nio.file.NoSuchFileException: /x/manifest.json
                \tat java.base/sun.nio.fs.UnixException.rethrowAsIOException(UnixException.java:111)
                """)).isEqualTo("/x/manifest.json cannot be read: NoSuchFileException");
    }

    @Test
    void shouldNameTheSettingAndItsValue() {
        assertThat(complaint("""
                Configuration validation failed:
                \tjava.lang.IllegalArgumentException: SRCFG00039: The config property limner.worker.batch.max-size with the \
                config value "many" threw an Exception whilst being converted SRCFG00029: Expected an integer value, got \
                "many"
                """))
                .isEqualTo("limner.worker.batch.max-size is 'many': Expected an integer value, got \"many\"");
        assertThat(complaint("""
                Configuration validation failed:
                \tjava.lang.IllegalArgumentException: SRCFG00039: The config property limner.worker.batch.linger with the \
                config value "soon" threw an Exception whilst being converted java.time.format.DateTimeParseException: \
                Text cannot be parsed to a Duration
                """))
                .isEqualTo("limner.worker.batch.linger is 'soon': Text cannot be parsed to a Duration");
        assertThat(complaint("""
                Configuration validation failed:
                \tSRCFG00050: limner.worker.nonsense in SysPropConfigSource does not map to any root
                """)).isEqualTo("limner.worker.nonsense is no setting");
    }

    @Test
    void shouldGiveWhatTheJvmSaysWhereNothingWasLogged() {
        assertThat(complaint("Error: Unable to access jarfile worker.jar\n"))
                .isEqualTo("Error: Unable to access jarfile worker.jar");
        assertThat(complaint("one\ntwo\n")).isEqualTo("two");
        assertThat(complaint("")).isEqualTo("no output");
    }

    private static String complaint(String log) {
        return FailureReason.lastOf(log.lines().toList());
    }
}
