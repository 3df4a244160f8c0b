package dev.limner.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limner.generator.condition.CaptionEncoding;
import dev.limner.generator.condition.TextEncoder;
import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.RenderRequest;
import dev.limner.worker.fault.FaultPoints;
import dev.limner.worker.model.ImageGenerator;
import dev.limner.worker.model.OutOfDeviceMemoryException;
import dev.limner.worker.model.SyntheticGenerator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerFaultsTest {
    @TempDir
    Path folder;

    private FaultPoints faults;

    @BeforeEach
    void load() {
        faults = new WorkerFaults(new FaultOrders(folder), List.of("swap-pictures", "drop-groups"));
    }

    /** A point that the composition forgets would never be reached by a fault. */
    @Test
    void shouldPassOnEveryPoint() {
        assertThat(points(WorkerFaults.class)).isEqualTo(points(FaultPoints.class));
    }

    private static Set<String> points(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic() && !Modifier.isPrivate(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());
    }

    @Test
    void shouldBeWhatAWorkerFinds() {
        assertThat(ServiceLoader.load(FaultPoints.class).stream().map(ServiceLoader.Provider::type))
                .isEqualTo(List.of(WorkerFaults.class));
        assertThat(WorkerFaults.faults()).hasSizeGreaterThan(10);
    }

    @Test
    void shouldNameTheBugsThereAreIfThereIsNoSuchBug() {
        assertThatThrownBy(() -> new WorkerFaults(new FaultOrders(folder), List.of("skip-lunch")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limner.faults.worker.sabotage is 'skip-lunch'")
                .hasMessageContaining("skip-fsync");
    }

    @Test
    void shouldFailAsLongAsThatIsOrderedAndSaySo() throws IOException {
        try (ImageGenerator generator = faults.generator(new SyntheticGenerator(Duration.ZERO))) {
            List<RenderRequest> probes = generator.probes(2);
            Files.writeString(folder.resolve("device-memory"), "4");
            assertThat(generator.generate(probes, 4)).hasSize(2);
            assertThatThrownBy(() -> generator.generate(probes, 8)).isInstanceOf(OutOfDeviceMemoryException.class);
            assertThat(folder.resolve("hit-device-memory")).exists();
            Files.delete(folder.resolve("device-memory"));

            Files.writeString(folder.resolve("device-fails"), "");
            assertThatThrownBy(() -> generator.generate(probes, 4)).hasMessage("the device was told to fail");
            assertThat(folder.resolve("hit-device-fails")).exists();
            Files.delete(folder.resolve("device-fails"));

            List<Pixels> images = generator.generate(probes, 8);
            assertThat(images).hasSize(2);
            RenderRequest poison = new RenderRequest(new float[] {1}, -666_001, 0, 1);
            assertThatThrownBy(() -> generator.generate(List.of(poison), 4))
                    .hasMessage("a job that no device can generate");
        }
    }

    @Test
    void shouldGiveAWorkerWithoutModelAVocabulary() {
        try (TextEncoder plain = new PlainEncoder("sha-256");
                TextEncoder real = new PlainEncoder("minilm")) {
            TextEncoder encoder = faults.textEncoder(plain);
            assertThat(encoder.encode("x".repeat(200)).truncated()).isFalse();
            assertThat(encoder.encode("x".repeat(201)).truncated()).isTrue();
            assertThat(encoder.encode("猫").unknown()).isEqualTo(1);
            assertThat(faults.textEncoder(real).encode("猫").unknown()).isZero();
        }
    }

    private record PlainEncoder(String id) implements TextEncoder {
        @Override
        public int dimensions() {
            return 1;
        }

        @Override
        public CaptionEncoding encode(String caption) {
            return new CaptionEncoding(new float[] {1}, 1, 0, false);
        }

        @Override
        public void close() {}
    }
}
