package dev.limner.protocol.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ParentWatchTest {
    @Test
    void shouldEndWithItsHooksRunWhenItsParentIsGone() throws Exception {
        Process child = start(ParentWatch.argument());
        assertThat(child.inputReader().readLine()).isEqualTo("runs");

        child.getOutputStream().close();

        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(143);
        assertThat(child.inputReader().readLine()).isEqualTo("stopped");
    }

    @Test
    void shouldNotCareForItsInputUnlessTheLauncherAsked() throws Exception {
        Process child = start("-Dlimner.other=true");
        assertThat(child.inputReader().readLine()).isEqualTo("runs");
        child.getOutputStream().close();

        assertThat(child.inputReader().readLine()).isEqualTo("still there");
        child.destroyForcibly().waitFor();
    }

    private static Process start(String option) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName()));
        return new ProcessBuilder(line)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("stopped")));
            ParentWatch.start();
            System.out.println("runs");
            Thread.sleep(3_000);
            System.out.println("still there");
            Thread.sleep(60_000);
        }
    }
}
