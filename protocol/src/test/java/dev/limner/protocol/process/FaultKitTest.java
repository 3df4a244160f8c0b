package dev.limner.protocol.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultKitTest {
    private static final String PROPERTY = "limner.faults.baker";

    @TempDir
    Path folder;

    /** Of a service that can fail. */
    public interface Points {
        String what();
    }

    /** Of a kit. */
    public static final class Burnt implements Points {
        @Override
        public String what() {
            return "burnt";
        }
    }

    /** Of a kit whose orders make no sense. */
    public static final class Confused implements Points {
        public Confused() {
            throw new IllegalArgumentException("limner.faults.baker.orders is not set");
        }

        @Override
        public String what() {
            return "never";
        }
    }

    @AfterEach
    void forget() {
        System.clearProperty(PROPERTY);
        System.clearProperty(PROPERTY + ".orders");
    }

    @Test
    void shouldLoadNothingUnlessTold() {
        assertThat(FaultKit.load("baker", Points.class)).isEmpty();
    }

    @Test
    void shouldLoadWhatTheJarNames() throws IOException {
        System.setProperty(PROPERTY, jar(Burnt.class.getName()).toString());
        System.setProperty(PROPERTY + ".orders", "/o");

        assertThat(FaultKit.load("baker", Points.class).orElseThrow().what()).isEqualTo("burnt");
    }

    @Test
    void shouldRefuseOrdersWithoutAKit() {
        System.setProperty(PROPERTY + ".orders", "/o");

        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("limner.faults.baker.orders asks for faults, and limner.faults.baker names no kit to take"
                        + " them from");
    }

    @Test
    void shouldRefuseAKitThatIsNotThere() {
        System.setProperty(PROPERTY, folder.resolve("none.jar").toString());

        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(PROPERTY + " is " + folder.resolve("none.jar") + ", which is no file");
    }

    @Test
    void shouldRefuseAKitThatCannotEvenBeNamed() {
        System.setProperty(PROPERTY, "kit\0.jar");

        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(PROPERTY + " is kit")
                .hasMessageEndingWith("which is no file");
    }

    @Test
    void shouldRefuseAKitForSomethingElse() throws IOException {
        Path jar = jar(null);
        System.setProperty(PROPERTY, jar.toString());

        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(PROPERTY + " is " + jar + ", which holds no " + Points.class.getName());
    }

    @Test
    void shouldRefuseAKitThatCannotBeUsed() throws IOException {
        System.setProperty(PROPERTY, jar(Confused.class.getName()).toString());
        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("which cannot be used")
                .hasMessageContaining("limner.faults.baker.orders is not set");

        System.setProperty(PROPERTY, jar("dev.limner.Missing").toString());
        assertThatThrownBy(() -> FaultKit.load("baker", Points.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("dev.limner.Missing");
    }

    /** @param provider null for a jar that has none */
    private Path jar(String provider) throws IOException {
        Path jar = folder.resolve("kit.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            String service = provider == null ? "dev.limner.Other" : Points.class.getName();
            out.putNextEntry(new ZipEntry("META-INF/services/" + service));
            out.write(String.valueOf(provider).getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }
}
