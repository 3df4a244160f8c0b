package dev.limner.training.evaluate.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.limner.generator.image.FontSupport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training must not end because the machine has no fonts for its charts, as images of systems made small have none. */
class ReportWithoutFontsTest {
    @TempDir
    Path folder;

    @Test
    void shouldDrawCurvesWhereThereAreFonts() throws Exception {
        assumeThat(FontSupport.missing()).isEmpty();

        assertThat(page(null)).contains("data:image/png;base64,").doesNotContain("No curves could be drawn");
    }

    @Test
    void shouldSayWhatIsMissingWhereThereAreNone() throws Exception {
        Path none = folder.resolve("fonts.conf");
        Files.writeString(none, "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig/>");

        assertThat(page(none.toString()))
                .contains("No curves could be drawn: no fonts are installed here")
                .contains("apt-get install fontconfig fonts-dejavu-core")
                .doesNotContain("data:image/png");
    }

    /** In a process of its own: the JDK looks for fonts once. */
    private String page(@Nullable String fonts) throws IOException, InterruptedException {
        Path log = folder.resolve("log.jsonl");
        Files.writeString(log, """
                {"step":1,"seconds":60,"discriminatorLoss":0.5,"generatorLoss":0.7}
                {"step":2,"seconds":120,"discriminatorLoss":0.4,"generatorLoss":0.8}
                """);
        Path page = folder.resolve("report.html");
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=true",
                        // Where the JDK keeps what it once found.
                        "-Duser.home=" + folder,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ReportWithoutFontsTest.class.getName(),
                        page.toString(),
                        log.toString(),
                        Files.createDirectories(folder.resolve("grids")).toString())
                .inheritIO();
        if (fonts != null) {
            child.environment().put("FONTCONFIG_FILE", fonts);
        }
        assertThat(child.start().waitFor()).isZero();
        return Files.readString(page);
    }

    public static void main(String[] arguments) {
        TrainingReport.write(
                Path.of(arguments[0]),
                "trial",
                "ended",
                false,
                List.of(),
                Path.of(arguments[1]),
                Path.of(arguments[2]));
    }
}
